-- What an option is the right to, so that options can be found by it: one row for each instrument
-- that has a contract.

CREATE TABLE option_contracts (
    instrument_id BIGINT NOT NULL PRIMARY KEY REFERENCES instruments (id),
    underlying TEXT COLLATE "C" NOT NULL,
    expiry DATE NOT NULL,
    strike NUMERIC(39,18) NOT NULL CHECK (strike > 0),
    option_right TEXT COLLATE "C" NOT NULL CHECK (option_right IN ('C', 'P')),
    multiplier NUMERIC(39,18) NOT NULL CHECK (multiplier > 0),
    -- Its 21 characters; NULL where the contract does not fit into them.
    occ_symbol TEXT COLLATE "C"
);
CREATE INDEX option_contracts_by_underlying ON option_contracts (underlying, expiry, strike);

-- Those that are there already, from UNDERLYING|YYYY-MM-DD|STRIKE|C: taken apart from the end, as
-- the underlying may hold any character.
INSERT INTO option_contracts (instrument_id, underlying, expiry, strike, option_right, multiplier,
    occ_symbol)
SELECT id, underlying, CAST(expiry AS DATE), CAST(strike AS NUMERIC), option_right, multiplier,
    CASE WHEN underlying ~ '^[A-Z0-9]{1,6}$'
        AND substr(expiry, 1, 2) = '20' AND length(whole) <= 5 AND length(fraction) <= 3
    THEN rpad(underlying, 6)
        || substr(expiry, 3, 2) || substr(expiry, 6, 2) || substr(expiry, 9, 2) || option_right
        || lpad(whole, 5, '0') || rpad(fraction, 3, '0')
    END
FROM (
    SELECT id, underlying, expiry, strike, option_right, multiplier,
        split_part(strike, '.', 1) AS whole, split_part(strike, '.', 2) AS fraction
    FROM (
        SELECT id, multiplier, option_right,
            substr(head, 1, length(head) - 12) AS underlying,
            substr(head, length(head) - 10, 10) AS expiry,
            substr(rest, length(head) + 1) AS strike
        FROM (
            SELECT id, multiplier, option_right, rest, rtrim(rest, '0123456789.') AS head
            FROM (
                SELECT id, multiplier, right(contract, 1) AS option_right,
                    substr(contract, 1, length(contract) - 2) AS rest
                FROM instruments
                WHERE contract IS NOT NULL) AS one) AS two) AS three) AS four;
