drop index profiles_created_at_idx;
alter table profiles drop column website;
