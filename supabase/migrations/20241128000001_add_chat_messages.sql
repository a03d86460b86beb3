-- Add chat_messages
-- tandem: revision 20241128_000001

CREATE TYPE chat_role AS ENUM ('user', 'assistant', 'system');

CREATE TABLE chat_messages (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    project_id UUID NOT NULL,
    canvas_id UUID,
    role chat_role NOT NULL,
    content TEXT NOT NULL,
    citations JSONB DEFAULT '[]'::jsonb NOT NULL,
    token_count INTEGER,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_chat_messages PRIMARY KEY (id),
    CONSTRAINT ck_chat_messages_content CHECK (content <> ''),
    CONSTRAINT fk_chat_messages_canvas_id_canvases
        FOREIGN KEY (canvas_id) REFERENCES canvases (id) ON DELETE SET NULL,
    CONSTRAINT fk_chat_messages_project_id_projects
        FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE
);

COMMENT ON COLUMN chat_messages.citations IS 'Chunks that the answer rests on, best first';

CREATE INDEX ix_chat_messages_project_id_created_at ON chat_messages (project_id, created_at);
