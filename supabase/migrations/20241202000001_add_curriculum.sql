-- Add curriculum
-- tandem: revision 20241202_000001

CREATE TABLE curriculum (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    project_id UUID NOT NULL,
    parent_id UUID,
    document_id UUID,
    position INTEGER NOT NULL,
    title VARCHAR(255) NOT NULL,
    objectives TEXT[] DEFAULT '{}' NOT NULL,
    estimated_minutes SMALLINT,
    completed BOOLEAN DEFAULT false NOT NULL,
    due_on DATE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_curriculum PRIMARY KEY (id),
    CONSTRAINT ck_curriculum_estimated_minutes CHECK (estimated_minutes > 0),
    CONSTRAINT fk_curriculum_document_id_documents
        FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE SET NULL,
    CONSTRAINT fk_curriculum_parent_id_curriculum
        FOREIGN KEY (parent_id) REFERENCES curriculum (id) ON DELETE CASCADE,
    CONSTRAINT fk_curriculum_project_id_projects
        FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
    -- Deferred to the end of the transaction, so that two steps can change places.
    CONSTRAINT uq_curriculum_position
        UNIQUE (project_id, parent_id, position) DEFERRABLE INITIALLY DEFERRED
);

COMMENT ON TABLE curriculum IS 'The learner''s path through a project: the teacher''s own order';

CREATE INDEX ix_curriculum_parent_id ON curriculum (parent_id);
