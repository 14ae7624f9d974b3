use archlint_schema::Resources;

use crate::source::properties::Properties;

pub(super) fn build(_kind: &str, _it: &mut Properties<'_>, _all: &mut Resources) -> bool {
    false
}
