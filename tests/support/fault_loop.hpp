// What a failing disk may and may not do: one story, told again with a fault at every N-th call.
//
//   for (const std::string& complaint : play(story, 20).complaints) ADD_FAILURE() << complaint;
//
// A story acts on a store and notes what was acknowledged. After each fault the file is opened
// again on a sound disk, and what it holds is compared with the notes and with itself.
#pragma once

#include "guanxi/guanxi.hpp"
#include "support/fault_vfs.hpp"

#include <functional>
#include <string>
#include <vector>

namespace guanxi::test {

/// Everything in a store's file that contradicts itself: SQLite's own check, the change log against
/// the records (one `create` each, one entry per revision), the counters.
std::vector<std::string> inspect(const std::string& path);

/// Every way in which an error's text falls short of what docs promise of all errors.
std::vector<std::string> unclear(const error& e);

/// The first column of the first row, asked of the file directly.
std::int64_t ask(const std::string& path, const std::string& sql);

/// A question to the file that is not 0 if there is such an account.
std::string account_named(const std::string& name);

/// What a story tells of its acts. A fact is a question to the file; it holds if its answer is not
/// 0.
struct notes {
  std::vector<std::string> acknowledged;           ///< facts that must hold
  std::vector<std::string> refused;                ///< facts that must not hold
  std::vector<std::vector<std::string>> together;  ///< facts that hold all or not at all
  std::vector<std::string> complaints;
  int failures = 0;

  /// Takes an answer: a success, or an error that must be clear. Gives whether it was a success.
  template <class T>
  bool saw(const result<T>& answer) {
    if (!answer) judge(answer.error());
    return answer.has_value();
  }
  void judge(const error& e);
};

struct story {
  std::string name;
  /// Gets an open session of `admin`; or none, and opens the store at the path itself.
  std::function<void(session*, const std::string& path, const open_options&, notes&)> act;
  bool opens = false;
};

struct verdict {
  long points = 0;   ///< faults that were tried
  long failures = 0; ///< calls that gave an error
  std::vector<std::string> complaints;
};

/// Plays the story with a fault at up to `most` places of each kind of call, once and for ever.
verdict play(const story& s, long most);

/// The stories: making a store, one record, a change, a transaction, fifty records, a new field.
const std::vector<story>& stories();

/// A path for this test alone, with nothing there.
std::string fresh_path(const std::string& stem);
void write_file(const std::string& path, const std::string& content);
std::string read_file(const std::string& path);

}  // namespace guanxi::test
