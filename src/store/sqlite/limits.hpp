// What a connection of ours may be made to do, whatever a file or a query holds.
//
//   limit(db);
#pragma once

struct sqlite3;

namespace guanxi::store::sqlite {

/// Sets limits well above what the library needs and well below what would exhaust a process, and
/// turns off what a file from elsewhere could use against it: attached databases, triggers,
/// functions with side effects in views, writes to the schema's own table.
void limit(sqlite3* db) noexcept;

}  // namespace guanxi::store::sqlite
