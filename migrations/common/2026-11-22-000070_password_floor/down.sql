DROP TABLE password_floor;
