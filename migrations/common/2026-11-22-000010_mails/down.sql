DROP TABLE mail_queue;
DROP TABLE mails;
