// What is done to a store's file while nobody has it open: putting a backup in its place, and
// rescuing what can be read of a damaged one. Checks and backups are calls of the tenant.
//
//   backup_report b = restore("monday.gx", "shop.gx", {.overwrite = true}).value();
//   salvage_report r = salvage("broken.gx", "rescued.gx").value();   // broken.gx is only read
//
// Thread rule: any thread; of two calls for one path the second is errc::busy.
#pragma once

#include "guanxi/base/result.hpp"
#include "guanxi/store/keeping.hpp"

#include <string_view>

namespace guanxi {

/// Verifies a backup (or any closed store), then puts a copy of it at the path: all of it or, after
/// an error, nothing. Over an open SQLite store it is one transaction, which other processes see
/// like any other. Errors: errc::file_missing, errc::not_a_database, errc::store_corrupt (the
/// backup does not pass), errc::duplicate (something is there, and overwriting was not asked for;
/// or it is no store), errc::interrupted, errc::busy, errc::store_io, errc::store_full.
result<store::backup_report> restore(std::string_view backup, std::string_view path,
                                     const store::restore_options& how = {});

/// Reads what can be read of a damaged SQLite store into a new one at `into`; the damaged file is
/// only read. Errors: errc::file_missing, errc::not_a_database (nothing of a store is in it),
/// errc::duplicate (something is at `into`), errc::unsupported (a memory store's snapshot, which is
/// whole or nothing), errc::interrupted, errc::store_io, errc::store_full.
result<store::salvage_report> salvage(std::string_view path, std::string_view into,
                                      const store::salvage_options& how = {});

}  // namespace guanxi
