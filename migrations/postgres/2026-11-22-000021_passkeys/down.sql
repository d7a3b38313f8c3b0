DROP POLICY tenant ON passkeys;
