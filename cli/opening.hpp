// The file that a command is about, and who acts on it.
//
//   result<tenant> crm = open_file({.file = "shop.gx"});
//   result<session> s = act(*crm, {.login = "li"});
#pragma once

#include "guanxi/session/session.hpp"
#include "terminal.hpp"

#include <string>

namespace guanxi::cli {

/// What every command is given.
struct common_options {
  std::string file = {};
  bool read_only = false;
  bool quiet = false;  ///< no progress
  cli::language language = cli::language::english;
};

/// One of the two is given.
struct actor {
  std::string login;
  std::string cause;  ///< of system sight
};

/// What a path holds, as far as its first bytes tell.
enum class content { nothing, sqlite, snapshot, other };
content content_of(const std::string& path);

/// Opens an existing store: a SQLite file, or a snapshot of a memory store.
result<tenant> open_file(const common_options& how);
/// The same, without a write if that can be: a file of an older version is brought to this one's.
result<tenant> open_unchanged(common_options how);
result<session> act(const tenant& in, const actor& as);
/// A snapshot is written anew after what changed it; a SQLite file is current already.
result<void> keep(const tenant& of);

}  // namespace guanxi::cli
