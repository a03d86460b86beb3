create table public.profiles (
  id uuid primary key references auth.users on delete cascade,
  username text unique,
  created_at timestamptz not null default now(),
  constraint username_length check (char_length(username) >= 3)
);
create index profiles_created_at_idx on profiles (created_at desc);
alter table profiles enable row level security;
create policy "Own profile" on profiles for select using ((select auth.uid()) = id);
insert into storage.buckets (id, name) values ('avatars', 'avatars');
