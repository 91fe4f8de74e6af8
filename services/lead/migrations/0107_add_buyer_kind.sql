-- What an account becomes that signs for a product (comity.lead.v1.BuyerKind).
ALTER TABLE products ADD COLUMN IF NOT EXISTS buyer_becomes INT NOT NULL DEFAULT 0;
