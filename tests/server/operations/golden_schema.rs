//! The golden schema: tests/golden/schema.txt lists what the migrations create, so that a change of the schema that was
//! not intended fails, and an intended one is seen in a review. `make schema` rewrites the file.

use crate::support::Database;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/schema.txt");
const HEADER: &str = "-- Generated from a migrated database by `make schema`. Do not edit.";

/// Name, kind and options of every relation, and below it its columns, constraints and other indexes.
///
/// The lines are the same on PostgreSQL 15 to 18. NOT NULL is read from the column, because PostgreSQL 18 also lists it
/// as a constraint (`contype` n). The names of _sqlx_migrations belong to a library.
const LINES: &str = "
    WITH relations AS (
        SELECT oid, relname::text AS name, relkind, reloptions
        FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind NOT IN ('i', 'I', 't', 'c')
            AND relname <> '_sqlx_migrations'
    ),
    lines AS (
        SELECT name AS relation, 0 AS part, 0 AS place,
            CASE relkind WHEN 'r' THEN 'table' ELSE 'relation of kind ' || relkind::text END || ' ' || name
                || coalesce(' WITH (' || array_to_string(reloptions, ', ') || ')', '') AS line
        FROM relations
        UNION ALL
        SELECT name, 1, attnum,
            '    column ' || attname || ' ' || format_type(atttypid, atttypmod)
                || CASE WHEN attcollation NOT IN (0, 100) THEN ' COLLATE ' || attcollation::regcollation::text ELSE '' END
                || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
                || CASE attgenerated WHEN '' THEN '' ELSE ' GENERATED' END
                || CASE attidentity WHEN '' THEN '' ELSE ' IDENTITY' END
                || coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), '')
        FROM relations
        JOIN pg_attribute ON attrelid = relations.oid AND attnum > 0 AND NOT attisdropped
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        UNION ALL
        SELECT name, 2, 0, '    constraint ' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
        FROM relations
        JOIN pg_constraint ON conrelid = relations.oid AND contype NOT IN ('n', 't')
        UNION ALL
        SELECT name, 3, 0, '    index ' || pg_get_indexdef(indexrelid)
        FROM relations
        JOIN pg_index ON indrelid = relations.oid
        WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
        UNION ALL
        SELECT name, 4, 0, '    trigger ' || tgname
        FROM relations
        JOIN pg_trigger ON tgrelid = relations.oid AND NOT tgisinternal
    )
    SELECT line FROM lines ORDER BY relation COLLATE pg_catalog.\"C\", part, place, line COLLATE pg_catalog.\"C\"";

#[tokio::test]
async fn the_migrations_create_the_golden_schema() {
    let database = Database::create().await;
    let lines: Vec<String> =
        sqlx::query_scalar(LINES).fetch_all(&database.pool).await.expect("the catalog is readable");
    let schema = format!("{HEADER}\n\n{}\n", lines.join("\n"));
    if std::env::var_os("WRITE_GOLDEN_SCHEMA").is_some() {
        std::fs::write(FILE, &schema).expect("the file can be written");
    }
    let golden = std::fs::read_to_string(FILE).expect("the file is in the repository");
    let missing: Vec<_> = golden.lines().filter(|line| !schema.lines().any(|other| other == *line)).collect();
    let new: Vec<_> = schema.lines().filter(|line| !golden.lines().any(|other| other == *line)).collect();
    assert_eq!(golden, schema, "missing: {missing:#?}, new: {new:#?}; if that is intended: make schema");
}
