-- What an option is the right to, so that options can be found by it: one row for each instrument
-- that has a contract.

CREATE TABLE option_contracts (
    instrument_id INTEGER NOT NULL PRIMARY KEY REFERENCES instruments (id),
    underlying TEXT NOT NULL,
    expiry TEXT NOT NULL,
    strike TEXT NOT NULL CHECK (strike <> '0' AND substr(strike, 1, 1) <> '-'),
    option_right TEXT NOT NULL CHECK (option_right IN ('C', 'P')),
    multiplier TEXT NOT NULL CHECK (multiplier <> '0' AND substr(multiplier, 1, 1) <> '-'),
    -- Its 21 characters; NULL where the contract does not fit into them.
    occ_symbol TEXT
) STRICT;
CREATE INDEX option_contracts_by_underlying ON option_contracts (underlying, expiry, strike);

-- Those that are there already, from UNDERLYING|YYYY-MM-DD|STRIKE|C: taken apart from the end, as
-- the underlying may hold any character.
INSERT INTO option_contracts (instrument_id, underlying, expiry, strike, option_right, multiplier,
    occ_symbol)
SELECT id, underlying, expiry, strike, option_right, multiplier,
    CASE WHEN length(underlying) BETWEEN 1 AND 6 AND underlying NOT GLOB '*[^A-Z0-9]*'
        AND substr(expiry, 1, 2) = '20' AND length(whole) <= 5 AND length(fraction) <= 3
    THEN substr(underlying || '      ', 1, 6)
        || substr(expiry, 3, 2) || substr(expiry, 6, 2) || substr(expiry, 9, 2) || option_right
        || substr('00000' || whole, -5) || substr(fraction || '000', 1, 3)
    END
FROM (
    SELECT id, underlying, expiry, strike, option_right, multiplier,
        substr(strike, 1, instr(strike || '.', '.') - 1) AS whole,
        substr(strike, instr(strike || '.', '.') + 1) AS fraction
    FROM (
        SELECT id, multiplier, option_right,
            substr(head, 1, length(head) - 12) AS underlying,
            substr(head, length(head) - 10, 10) AS expiry,
            substr(rest, length(head) + 1) AS strike
        FROM (
            SELECT id, multiplier, option_right, rest, rtrim(rest, '0123456789.') AS head
            FROM (
                SELECT id, multiplier, substr(contract, -1) AS option_right,
                    substr(contract, 1, length(contract) - 2) AS rest
                FROM instruments
                WHERE contract IS NOT NULL)))) AS found
WHERE true;
