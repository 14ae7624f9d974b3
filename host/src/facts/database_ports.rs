//! The ports that databases listen on.

use archlint_schema::{Reason, Value};

/// What an engine listens on unless it is told otherwise, by what its name begins with.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
const DEFAULTS: [(&str, u16); 11] = [
    ("aurora-postgresql", 5432),
    ("aurora", 3306),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("postgres", 5432),
    ("oracle", 1521),
    ("custom-oracle", 1521),
    ("sqlserver", 1433),
    ("custom-sqlserver", 1433),
    ("docdb", 27017),
    ("neptune", 8182),
];

/// The port of an RDS database: its own, else its engine's.
pub(crate) fn rds(port: &Value<Option<i64>>, engine: &Value<Option<String>>) -> Value<Option<u16>> {
    if *port != Value::Known(None) {
        return known(port);
    }
    // RDS takes `MySQL` for `mysql`.
    let default = |engine: &str| {
        let engine = engine.to_ascii_lowercase();
        DEFAULTS.iter().find(|(name, _)| engine.starts_with(name)).map(|it| it.1)
    };
    match engine.decided() {
        Ok(Some(engine)) => match default(engine) {
            Some(port) => Value::Known(Some(port)),
            None => Value::unknown(Reason::Computed, format!("the port of {engine}")),
        },
        Ok(None) => Value::unknown(Reason::Computed, "the port of an engine that is not named"),
        Err(why) => Value::Unknown(why),
    }
}

/// A port as its source wrote it.
pub(crate) fn known(port: &Value<Option<i64>>) -> Value<Option<u16>> {
    match port.decided() {
        Ok(None) => Value::Known(None),
        Ok(Some(port)) => match u16::try_from(*port) {
            Ok(port) => Value::Known(Some(port)),
            Err(_) => Value::unknown(Reason::Computed, format!("port {port}")),
        },
        Err(why) => Value::Unknown(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_has_its_port_however_it_is_spelt() {
        let port = |engine: &str| rds(&Value::Known(None), &Value::Known(Some(engine.to_owned())));
        for (engine, expected) in [("MySQL", 3306), ("aurora-postgresql", 5432), ("oracle-ee", 1521)] {
            assert_eq!(port(engine), Value::Known(Some(expected)), "{engine}");
        }
        assert!(port("db2-ae").known().is_none());
    }
}
