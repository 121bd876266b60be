#include <sqlite3.h>

#include "epoch_watch.hpp"

#include <algorithm>
#include <string>

namespace guanxi::store::sqlite {

namespace {

constexpr std::int64_t latest = 1;  ///< format of the tables
constexpr int meta_format = 3, meta_epoch = 4;  ///< rows of gx_meta

std::string number_of(const connection& c, int row) {
  return "SELECT \"number\" FROM " + c.called().table("gx_meta") +
         " WHERE \"id\" = " + std::to_string(row);
}

result<std::int64_t> ask(connection& c, statement& of) {
  result<sqlite3_stmt*> s = c.prepared(of);
  if (!s) return passed(s);
  result<int> row = c.step(*s);
  if (!row) return passed(row);
  const std::int64_t out = *row == SQLITE_ROW ? c.api().column_int64(*s, 0) : 0;
  c.reset(*s);
  return out;
}

}  // namespace

result<std::int64_t> epoch_watch::look(connection& c) {
  if (epoch_.sql.empty()) {
    version_.sql = "PRAGMA main.data_version";
    epoch_.sql = number_of(c, meta_epoch);  // last: it tells that both are there
  }
  result<std::int64_t> epoch = ask(c, epoch_);
  if (!epoch && epoch.error().store_code() == SQLITE_ERROR)
    return unexpected(errc::misuse, "the host has taken back the transaction in which this CRM was "
                                    "made; open it again");
  if (!epoch) return epoch;
  result<std::int64_t> version = ask(c, version_);
  if (!version) return version;
  const bool foreign = *version != seen_version_;
  // One that was seen before its commit may have been taken back, and another process may since
  // have counted to the same number.
  if (*epoch != seen_epoch_ || (foreign && !settled_)) {
    ++number_;
    settled_ = false;
  }
  if (c.api().get_autocommit(c.raw()) != 0) settled_ = true;
  seen_epoch_ = *epoch;
  seen_version_ = *version;
  return number_;
}

result<void> check_prefix(std::string_view prefix) {
  constexpr std::size_t most = 32;
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto good = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  if (prefix.empty() || prefix.size() > most || !prefix.ends_with('_') ||
      !letter(prefix[0]) || !std::all_of(prefix.begin(), prefix.end(), good) ||
      prefix.starts_with("sqlite_"))
    return unexpected(errc::invalid_argument,
                      "`prefix` must be up to 32 lower-case letters, digits and underscores that "
                      "begin with a letter, end in an underscore and are not SQLite's own");
  return {};
}

result<void> look_around(connection& c, const sqlite_join& how) {
  // In UTF-16, SQLite's order of texts is not that of the core.
  result<sqlite3_stmt*> s = c.prepared("PRAGMA main.encoding");
  if (!s) return passed(s);
  result<int> row = c.step(*s);
  if (!row) return passed(row);
  const bool utf8 = c.read(*s, 0, value_type::text, 0).as_text() == "UTF-8";
  c.reset(*s);
  if (!utf8)
    return unexpected(errc::unsupported, "the host's database is in UTF-16; a CRM can live in a "
                                         "database of UTF-8 only");
  result<std::int64_t> tables =
      c.number("SELECT count(*) FROM main.sqlite_master WHERE \"type\" = 'table' AND \"name\" = '" +
               c.called().plain("gx_meta") + "'");
  if (!tables) return passed(tables);
  if (*tables == 0) {
    if (how.create) return {};
    return unexpected(errc::file_missing, "the host's database holds no CRM of the prefix `" +
                                              how.prefix + "`; create it or check the prefix");
  }
  result<std::int64_t> format = c.number(number_of(c, meta_format));
  if (!format) return passed(format);
  if (*format <= latest) return {};
  return unexpected(errc::newer_schema,
                    "the CRM in the host's database was written by a later version of Guanxi "
                    "(format " + std::to_string(*format) + "); update the library to open it");
}

}  // namespace guanxi::store::sqlite
