-- Track the graph status of documents
-- tandem: revision 20241128_000003

CREATE TYPE graph_status AS ENUM ('none', 'extracting', 'complete', 'failed');

ALTER TABLE documents ADD COLUMN graph_status graph_status DEFAULT 'none' NOT NULL;

ALTER TABLE documents ADD COLUMN graph_error TEXT;

ALTER TABLE documents ADD COLUMN graph_extracted_at TIMESTAMP WITH TIME ZONE;

UPDATE documents SET graph_status = 'complete'
WHERE id IN (SELECT document_id FROM graph_entities);

CREATE INDEX ix_documents_graph_status ON documents (graph_status);

ALTER TABLE documents ADD CONSTRAINT ck_documents_graph_error
    CHECK (graph_error IS NULL OR graph_status = 'failed');
