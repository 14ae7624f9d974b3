//! Parquet files: of S3 Inventory, and exports of S3 Metadata tables. Only the columns that tell something are read.

use std::ops::Range;

use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{BoolType, ByteArrayType, DataType, Int32Type, Int64Type, Int96Type};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use ::parquet::file::reader::{ChunkReader, FileReader as _, RowGroupReader, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;

use crate::fault;
use crate::source::s3keys::error::Fault;
use crate::source::s3keys::sink::{Out, Progress};
use crate::source::s3keys::table::{Entry, Role};
use crate::source::s3keys::time;

const BATCH: usize = 4096;

/// A file of which the schema is known.
pub(in crate::source::s3keys) struct Opened<R: ChunkReader + 'static> {
    reader: SerializedFileReader<R>,
    /// What each column tells.
    columns: Vec<Option<Role>>,
}

impl<R: ChunkReader + 'static> Opened<R> {
    pub(in crate::source::s3keys) fn new(file: R) -> Result<Self> {
        guarded(|| Self::open(file))
    }

    fn open(file: R) -> Result<Self> {
        let reader = SerializedFileReader::new(file)?;
        let schema = reader.metadata().file_metadata().schema_descr();
        // Columns within others have paths of several names, which are none of ours.
        let names = schema.columns().iter().map(|it| match it.path().parts() {
            [name] if it.max_rep_level() == 0 => name.as_str(),
            _ => "",
        });
        let columns = Role::of_all(names);
        Ok(Self { reader, columns })
    }

    pub(in crate::source::s3keys) fn row_groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    pub(in crate::source::s3keys) fn has(&self, role: Role) -> bool {
        self.columns.contains(&Some(role))
    }

    /// The names of all columns, as they stand in the schema.
    pub(in crate::source::s3keys) fn names(&self) -> Vec<String> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        schema.columns().iter().map(|it| it.path().string()).collect()
    }

    pub(in crate::source::s3keys) fn read(
        &self,
        groups: Range<usize>,
        out: &mut Out<'_>,
        progress: &Progress,
    ) -> Result<()> {
        guarded(|| {
            for index in groups {
                let group = self.reader.get_row_group(index)?;
                check_offsets(group.metadata())?;
                read_group(&*group, &self.columns, out)?;
                progress.advance(u64::try_from(group.metadata().compressed_size()).unwrap_or(0));
            }
            Ok(())
        })
    }
}

fn check_offsets(group: &RowGroupMetaData) -> Result<()> {
    let is_sane = |it: &ColumnChunkMetaData| {
        it.data_page_offset() >= 0
            && it.compressed_size() >= 0
            && it.dictionary_page_offset().is_none_or(|it| it >= 0)
    };
    if group.columns().iter().all(is_sane) {
        return Ok(());
    }
    Err(ParquetError::General("a column begins before the file, or is shorter than nothing".to_owned()))
}

/// The library panics where a damaged file contradicts itself, as a column with a dictionary but none stored.
fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    let damaged = |_| Err(ParquetError::General("what it says of itself contradicts itself".to_owned()));
    fault::caught("reading Parquet", read).unwrap_or_else(damaged)
}

fn read_group(group: &dyn RowGroupReader, roles: &[Option<Role>], out: &mut Out<'_>) -> Result<()> {
    let mut columns = Vec::new();
    for (index, role) in roles.iter().enumerate() {
        if let Some(role) = role {
            let descriptor = group.metadata().column(index).column_descr();
            let column = Column::new(group.get_column_reader(index)?, descriptor)?;
            columns.push((*role, column));
        }
    }
    loop {
        let mut rows = None;
        for (_, column) in &mut columns {
            let read = column.fill()?;
            if rows.is_some_and(|it| it != read) {
                return Err(ParquetError::General("its columns are not equally long".to_owned()));
            }
            rows = Some(read);
        }
        match rows {
            None | Some(0) => return Ok(()),
            Some(rows) => (0..rows).for_each(|_| read_row(&mut columns, out)),
        }
    }
}

fn read_row(columns: &mut [(Role, Column)], out: &mut Out<'_>) {
    out.tally.lines += 1;
    let mut entry = Entry::default();
    let mut is_time_bad = false;
    for (role, column) in columns {
        let cell = column.next();
        match (role, cell) {
            (Role::Bucket, Some(Cell::Text(it))) => entry.bucket = Some(it),
            (Role::Key, Some(Cell::Text(it))) => entry.key = it,
            (Role::Version, Some(Cell::Text(it))) => entry.version = Some(it),
            (Role::RecordType, Some(Cell::Text(it))) => entry.record_type = Some(it),
            (Role::IsDeleteMarker, Some(Cell::Flag(it))) => entry.is_delete_marker = it,
            (Role::Size, Some(Cell::Number(it))) => entry.size = u64::try_from(it).ok(),
            (Role::Time, Some(Cell::Number(it))) => entry.time = Some(it),
            (Role::Time, Some(Cell::Text(it))) => {
                entry.time = time::iso(it);
                is_time_bad = entry.time.is_none();
            }
            _ => {}
        }
    }
    if is_time_bad {
        out.fault(Fault::Time, entry.key);
    }
    if let Err(left) = entry.emit(out) {
        out.leave(left, entry.key);
    }
}

enum Cell<'c> {
    Text(&'c [u8]),
    Number(i64),
    Flag(bool),
}

/// A column, by the physical types that occur.
enum Column {
    Texts(Typed<ByteArrayType>),
    Longs(Typed<Int64Type>, Scale),
    Ints(Typed<Int32Type>),
    Moments(Typed<Int96Type>),
    Flags(Typed<BoolType>),
}

/// What a number is divided by to be one of milliseconds.
type Scale = i64;

impl Column {
    fn new(reader: ColumnReader, descriptor: &ColumnDescriptor) -> Result<Self> {
        let levels = descriptor.max_def_level();
        match reader {
            ColumnReader::ByteArrayColumnReader(it) => Ok(Self::Texts(Typed::new(it, levels))),
            ColumnReader::Int64ColumnReader(it) => Ok(Self::Longs(Typed::new(it, levels), scale(descriptor))),
            ColumnReader::Int32ColumnReader(it) => Ok(Self::Ints(Typed::new(it, levels))),
            ColumnReader::Int96ColumnReader(it) => Ok(Self::Moments(Typed::new(it, levels))),
            ColumnReader::BoolColumnReader(it) => Ok(Self::Flags(Typed::new(it, levels))),
            _ => {
                let (name, kind) = (descriptor.path(), descriptor.physical_type());
                Err(ParquetError::General(format!("its column `{name}` is of the type {kind}")))
            }
        }
    }

    /// Reads the next rows; how many there were.
    fn fill(&mut self) -> Result<usize> {
        match self {
            Self::Texts(it) => it.fill(),
            Self::Longs(it, _) => it.fill(),
            Self::Ints(it) => it.fill(),
            Self::Moments(it) => it.fill(),
            Self::Flags(it) => it.fill(),
        }
    }

    fn next(&mut self) -> Option<Cell<'_>> {
        match self {
            Self::Texts(it) => it.next().map(|it| Cell::Text(it.data())),
            Self::Longs(it, scale) => it.next().map(|it| Cell::Number(it.div_euclid(*scale))),
            Self::Ints(it) => it.next().map(|it| Cell::Number(i64::from(*it))),
            Self::Moments(it) => it.next().map(|it| Cell::Number(it.to_millis())),
            Self::Flags(it) => it.next().map(|it| Cell::Flag(*it)),
        }
    }
}

fn scale(descriptor: &ColumnDescriptor) -> Scale {
    match descriptor.logical_type_ref() {
        Some(LogicalType::Timestamp(it)) => match it.unit {
            TimeUnit::MILLIS => 1,
            TimeUnit::MICROS => 1_000,
            TimeUnit::NANOS => 1_000_000,
        },
        _ if descriptor.converted_type() == ConvertedType::TIMESTAMP_MICROS => 1_000,
        _ => 1,
    }
}

/// Some rows of a column, and the way to the next ones.
struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
    /// Of each row, whether it has a value: if it is the largest level.
    levels: Vec<i16>,
    largest: i16,
    row: usize,
    value: usize,
}

impl<T: DataType> Typed<T> {
    fn new(reader: ColumnReaderImpl<T>, largest: i16) -> Self {
        Self { reader, values: Vec::new(), levels: Vec::new(), largest, row: 0, value: 0 }
    }

    fn fill(&mut self) -> Result<usize> {
        self.values.clear();
        self.levels.clear();
        (self.row, self.value) = (0, 0);
        let levels = (self.largest > 0).then_some(&mut self.levels);
        let (rows, ..) = self.reader.read_records(BATCH, levels, None, &mut self.values)?;
        Ok(rows)
    }

    fn next(&mut self) -> Option<&T::T> {
        let is_there = self.largest == 0 || self.levels.get(self.row) == Some(&self.largest);
        self.row += 1;
        if !is_there {
            return None;
        }
        self.value += 1;
        self.values.get(self.value - 1)
    }
}
