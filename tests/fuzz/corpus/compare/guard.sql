-- Add file_path to documents
-- tandem: revision 20241127_000001
--
-- Guarded: it was pasted into the SQL editor before it became a migration.

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT 1
        FROM information_schema.columns
        WHERE table_name = 'documents' AND column_name = 'file_path'
    ) THEN
        ALTER TABLE documents ADD COLUMN file_path VARCHAR(512);
        UPDATE documents SET file_path = filename WHERE file_path IS NULL;
        ALTER TABLE documents ALTER COLUMN file_path SET NOT NULL;
    END IF;
END $$;
