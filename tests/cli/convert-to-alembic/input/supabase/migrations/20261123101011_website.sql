alter table profiles add column website text;
alter table profiles alter column username set not null;
alter table profiles add constraint website_length check (char_length(website) < 200);
comment on column profiles.website is 'as typed';
