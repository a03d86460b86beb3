-- Add asynchronous task queue and knowledge graph tables
-- tandem: revision 20241128_000002

CREATE TYPE task_status AS ENUM ('queued', 'running', 'succeeded', 'failed', 'cancelled');

CREATE TABLE tasks (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    project_id UUID NOT NULL,
    kind VARCHAR(64) NOT NULL,
    status task_status DEFAULT 'queued' NOT NULL,
    priority SMALLINT DEFAULT 0 NOT NULL,
    payload JSONB DEFAULT '{}'::jsonb NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    max_attempts INTEGER DEFAULT 3 NOT NULL,
    last_error TEXT,
    run_after TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_tasks PRIMARY KEY (id),
    CONSTRAINT ck_tasks_attempts CHECK (attempts <= max_attempts),
    CONSTRAINT fk_tasks_project_id_projects
        FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE
);

-- What a worker asks for: the next task that may run.
CREATE INDEX ix_tasks_queued ON tasks (priority DESC, run_after) WHERE status = 'queued';

CREATE TABLE graph_entities (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    project_id UUID NOT NULL,
    document_id UUID,
    name VARCHAR(255) NOT NULL,
    kind VARCHAR(64) NOT NULL,
    description TEXT,
    aliases TEXT[] DEFAULT '{}' NOT NULL,
    embedding VECTOR(1536),
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_graph_entities PRIMARY KEY (id),
    CONSTRAINT fk_graph_entities_document_id_documents
        FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE SET NULL,
    CONSTRAINT fk_graph_entities_project_id_projects
        FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE INDEX ix_graph_entities_document_id ON graph_entities (document_id);

-- One entity for one name, however it is written.
CREATE UNIQUE INDEX uq_graph_entities_name ON graph_entities (project_id, kind, lower(name));

CREATE TABLE graph_relations (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    source_id UUID NOT NULL,
    target_id UUID NOT NULL,
    kind VARCHAR(64) NOT NULL,
    weight NUMERIC(4, 3) DEFAULT '1.0' NOT NULL,
    evidence TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_graph_relations PRIMARY KEY (id),
    CONSTRAINT ck_graph_relations_ends CHECK (source_id <> target_id),
    CONSTRAINT ck_graph_relations_weight CHECK (weight BETWEEN 0 AND 1),
    CONSTRAINT fk_graph_relations_source_id_graph_entities
        FOREIGN KEY (source_id) REFERENCES graph_entities (id) ON DELETE CASCADE,
    CONSTRAINT fk_graph_relations_target_id_graph_entities
        FOREIGN KEY (target_id) REFERENCES graph_entities (id) ON DELETE CASCADE,
    CONSTRAINT uq_graph_relations_source_id UNIQUE (source_id, target_id, kind)
);

CREATE INDEX ix_graph_relations_target_id ON graph_relations (target_id);
