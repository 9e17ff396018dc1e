-- 密钥: the keys that seal personal data, each wrapped by the city's master key, which is not in the database.
CREATE TABLE vault_key (
  id BIGINT NOT NULL,
  suite TEXT NOT NULL,
  purpose TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  begins_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);
