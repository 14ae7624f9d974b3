//! The ports that databases listen on.

use archlint_schema::{Reason, Value, default_port};

/// The port of an RDS database: its own, else its engine's.
pub(crate) fn rds(port: &Value<Option<i64>>, engine: &Value<Option<String>>) -> Value<Option<u16>> {
    if *port != Value::Known(None) {
        return known(port);
    }
    match engine.decided() {
        Ok(Some(engine)) => match default_port(engine) {
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
        for (engine, expected) in [("MySQL", 3306), ("aurora-mysql", 3306), ("oracle-ee", 1521)] {
            assert_eq!(port(engine), Value::Known(Some(expected)), "{engine}");
        }
        for engine in ["db2-ae", "aurora-postgresql"] {
            assert!(port(engine).known().is_none(), "{engine}");
        }
    }
}
