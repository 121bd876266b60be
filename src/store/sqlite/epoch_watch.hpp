// Whether rules and definitions, which are remembered, are still those of a host's database. There
// they change by more than our commits: the host takes back its transaction, with ours in it.
//
//   epoch_watch seen;    seen.look(connection).value()   // another number: read them again
//
// Thread rule: belongs to its connection.
#pragma once

#include "connection.hpp"

namespace guanxi::store::sqlite {

class epoch_watch {
 public:
  /// A number that is another whenever the stored epoch is, or may be another's of the same number.
  /// Errors: errc::misuse when the host has taken back the transaction that made the tenant.
  result<std::int64_t> look(connection& c);
  /// What the last look gave.
  std::int64_t number() const noexcept { return number_; }

 private:
  statement epoch_, version_;
  std::int64_t seen_epoch_ = -1, seen_version_ = 0, number_ = 0;
  bool settled_ = true;  ///< what was seen is committed
};

/// Errors: errc::invalid_argument.
result<void> check_prefix(std::string_view prefix);
/// Whether a host's database can hold a tenant, or holds one that this version can open.
result<void> look_around(connection& c, const sqlite_join& how);

}  // namespace guanxi::store::sqlite
