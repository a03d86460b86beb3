-- Add full text search to document_chunks
-- tandem: revision 20241202_000002

ALTER TABLE document_chunks ADD COLUMN content_tsvector TSVECTOR;

UPDATE document_chunks
SET content_tsvector = to_tsvector('pg_catalog.english', content);

CREATE INDEX ix_document_chunks_content_tsvector ON document_chunks
    USING gin (content_tsvector);

CREATE FUNCTION document_chunks_set_tsvector() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
    NEW.content_tsvector := to_tsvector('pg_catalog.english', NEW.content);
    RETURN NEW;
END
$$;

CREATE TRIGGER document_chunks_tsvector
BEFORE INSERT OR UPDATE OF content ON document_chunks
FOR EACH ROW EXECUTE FUNCTION document_chunks_set_tsvector();
