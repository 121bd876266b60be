// Whether the store has kept what it has acknowledged: the diaries of all users beside its change
// log and its records, once everybody has gone home.
#pragma once

#include "company.hpp"
#include "diary.hpp"

#include <span>

namespace guanxi::bench::load {

struct audit_report {
  std::vector<std::string> findings;  ///< none: all is well; at most some twenty
  std::int64_t changes = 0;           ///< that were acknowledged
  std::int64_t sequences = 0;         ///< by which the change log has grown
  std::uint64_t verified = 0;         ///< records that `verify` has read
};

/// Closes the store and opens it again; then, for every record that was written since `start`: its
/// entries of the change log are the acknowledged changes, each once, by the same users and in the
/// order of its revisions; it is as the last of them left it; an opportunity is in one stage, which
/// is its own. Sequences grow, and `verify` is sound.
audit_report audit(company& at, std::span<const acknowledged> changes, std::int64_t start);

}  // namespace guanxi::bench::load
