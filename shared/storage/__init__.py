"""DynamoDB and S3: one command is one transaction; rows, repositories, files, office tables."""
