"""The errors that a user of facestore can cause, each with a message of one line.

A message says what was given, what was expected and what to do next::

    FacestoreError
    ├── StoreError               the folder or the files of a store
    │   ├── StoreNotFoundError   nothing there yet
    │   ├── NotAStoreError       something else is there
    │   ├── UnusablePathError    DuckDB cannot have a file there
    │   ├── StoreBusyError       another process holds the DuckDB file
    │   ├── StoreLockedError     another process runs the same command on it
    │   ├── StoreWriteError      a full disk, a store that may only be read
    │   ├── VectorsUnreadableError  a Lance table that is damaged, or not to be opened now
    │   ├── StoreReadError       a disk that does not give back what it has
    │   ├── NoLocksError         a file system without locks
    │   ├── VectorsDifferError   a Lance table that is not what the catalogue knows of it
    │   ├── StoreTooNewError     written by a newer facestore
    │   ├── StoreOutdatedError   waits for `facestore migrate`
    │   ├── StoreAlteredError    has other views, macros or tables than this version makes
    │   ├── OtherStoreError      what this one is to be compared with is no store of its version
    │   ├── MigrationError       migration files with a gap, or edited after they ran
    │   ├── BadRowError          a row that no view can compute with
    │   └── AuditsFailedError    something in a store is not as it must be
    ├── InputError               what the user gave: files, tables, names, options
    │   ├── ParametersError      parameters that do not go together
    │   ├── TableError           a label, similarity, prediction or vector file, refused whole
    │   │   └── FileNamesError   it does not say which file each of its rows is of
    │   ├── UnknownNameError     no such prompt set, encoder, dataset ...
    │   │   └── UnknownChoiceError  no such layout, device, aggregation: what the program offers
    │   ├── OtherValuesError     other vectors, similarities, predictions under a known key
    │   └── LeakageError         training samples that are held out as well
    ├── PartlyDoneError          some combinations failed, the others are done
    ├── QueryError               SQL that DuckDB refuses
    ├── SystemFaultError         memory, open files: what the system refused elsewhere
    ├── AddressSpaceError        a limit under which native code would crash
    └── EncoderError             models
        ├── EncoderMismatchError other weights or preprocessing under a known name
        ├── HeadsMismatchError   heads that were trained on vectors of another encoder
        ├── NoVectorsError       an encoder that has no image vectors yet
        ├── NoCertificateError   an index of which nobody knows how much it finds
        └── TextVectorsMissingError  an imported encoder without vectors for these prompts
"""

from facestore.errors.base import (
    AddressSpaceError,
    FacestoreError,
    PartlyDoneError,
    QueryError,
    SystemFaultError,
)
from facestore.errors.encoders import (
    EncoderError,
    EncoderMismatchError,
    HeadsMismatchError,
    NoCertificateError,
    NoVectorsError,
    TextVectorsMissingError,
)
from facestore.errors.inputs import (
    FileNamesError,
    InputError,
    LeakageError,
    OtherValuesError,
    OutputError,
    ParametersError,
    TableError,
    UnknownChoiceError,
    UnknownNameError,
)
from facestore.errors.stores import (
    AuditsFailedError,
    BadRowError,
    MigrationError,
    NoLocksError,
    NotAStoreError,
    OtherStoreError,
    StoreAlteredError,
    StoreBusyError,
    StoreError,
    StoreLockedError,
    StoreNotFoundError,
    StoreOutdatedError,
    StoreReadError,
    StoreTooNewError,
    StoreWriteError,
    UnusablePathError,
    VectorsDifferError,
    VectorsUnreadableError,
)
from facestore.errors.wording import (
    by_number,
    counted,
    counted_of,
    in_one_line,
    preview,
    todo_about,
)

__all__ = [
    "AddressSpaceError",
    "AuditsFailedError",
    "BadRowError",
    "EncoderError",
    "EncoderMismatchError",
    "FacestoreError",
    "FileNamesError",
    "HeadsMismatchError",
    "InputError",
    "LeakageError",
    "MigrationError",
    "NoCertificateError",
    "NoLocksError",
    "NoVectorsError",
    "NotAStoreError",
    "OtherStoreError",
    "OtherValuesError",
    "OutputError",
    "ParametersError",
    "PartlyDoneError",
    "QueryError",
    "StoreAlteredError",
    "StoreBusyError",
    "StoreError",
    "StoreLockedError",
    "StoreNotFoundError",
    "StoreOutdatedError",
    "StoreReadError",
    "StoreTooNewError",
    "StoreWriteError",
    "SystemFaultError",
    "TableError",
    "TextVectorsMissingError",
    "UnknownChoiceError",
    "UnknownNameError",
    "UnusablePathError",
    "VectorsDifferError",
    "VectorsUnreadableError",
    "by_number",
    "counted",
    "counted_of",
    "in_one_line",
    "preview",
    "todo_about",
]
