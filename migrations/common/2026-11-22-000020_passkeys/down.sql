DROP TABLE spent_challenges;
DROP TABLE passkey_index;
DROP TABLE passkeys;
