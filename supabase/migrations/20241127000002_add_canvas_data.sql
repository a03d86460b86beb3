-- Add data to canvases
-- tandem: revision 20241127_000002

ALTER TABLE canvases ADD COLUMN data JSONB DEFAULT '{}'::jsonb NOT NULL;

COMMENT ON COLUMN canvases.data IS 'Canvas state: the snapshot of tldraw''s store';
