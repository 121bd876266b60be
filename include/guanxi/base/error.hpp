// What went wrong, where, and what to do: one code, one sentence, one place.
//
//   error e = error(errc::unknown_name,
//                   "no field `amout` on `opportunity`; did you mean `amount`?")
//                 .in_entity("opportunity").in_field("amout").at_offset(7);
//
// Thread rule: a value; copy freely.
#pragma once

#include "guanxi/base/config.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guanxi {

/// Stable codes. Numbers never change meaning; new ones are appended within their group.
enum class errc : std::int32_t {
  ok = 0,
  // the caller's input
  invalid_argument = 1,   ///< an argument is out of its range or of the wrong form
  invalid_text = 2,       ///< text is not UTF-8, or has an embedded NUL where none may be
  unknown_name = 3,       ///< no such entity, field, function or user (or none you may see)
  parse = 4,              ///< text of a query, expression, number, date or file cannot be read
  type_mismatch = 5,      ///< operands or a value of the wrong kind
  overflow = 6,           ///< an exact result does not fit
  mixed_currency = 7,     ///< amounts of several currencies were added without a conversion
  undefined_period = 8,   ///< a fiscal year that the calendar does not define
  missing_rate = 9,       ///< an amount cannot be converted, since no exchange rate is known
  // the rules
  permission = 20,        ///< the acting user may not do this
  not_found = 21,         ///< no such record (or none you may see)
  validation = 22,        ///< a required, unique, range or custom rule does not hold
  duplicate = 23,         ///< a unique value is already taken
  conflict = 24,          ///< the record has changed since it was read
  effect_limit = 25,      ///< effects did not come to rest within the bound
  // the store
  file_missing = 40,      ///< no such file
  not_a_database = 41,    ///< the file is not a Guanxi store
  newer_schema = 42,      ///< the store was written by a later version of the library
  store_full = 43,        ///< no space left
  store_io = 44,          ///< the store could not read or write
  store_corrupt = 45,     ///< the store's content contradicts itself
  busy = 46,              ///< another writer holds the store; try again
  read_only = 47,         ///< the store may not be written
  unsupported = 48,       ///< this store or build cannot do it
  commit_unknown = 49,    ///< nobody knows whether it was committed; ask by the error's token
  pruned = 50,            ///< the change log no longer reaches back so far
  // the run
  interrupted = 60,       ///< cancelled by the host or by a progress callback
  limit = 61,             ///< a deadline, row cap or memory cap was reached
  out_of_memory = 62,
  misuse = 63,            ///< the calls came in an order that makes no sense
  internal = 64           ///< a fault of the library; please report it
};

/// The stable lower-case name of a code, for example "not_found".
std::string_view name(errc code) noexcept;

/// Input in backticks, fit to stand in a message: at most about 60 bytes, cut between characters
/// and then ended by "…", with control characters and ill-formed bytes shown as "?".
std::string in_backticks(std::string_view text);

/// What became of a commit whose error was errc::commit_unknown.
enum class commit_outcome : std::int32_t {
  unknown = 0,        ///< the change log does not reach back to it
  committed = 1,
  not_committed = 2,
};

/// What a higher floor encloses with an error, such as both versions of a conflict.
class enclosure {
 public:
  virtual ~enclosure() = default;
};

/// An error value. Moving is one pointer; an empty detail allocates nothing.
class error {
 public:
  error() noexcept = default;
  error(errc code, std::string message);
  error(const error& other);
  error& operator=(const error& other);
  error(error&&) noexcept = default;
  error& operator=(error&&) noexcept = default;
  ~error() = default;

  errc code() const noexcept { return code_; }
  std::string_view message() const noexcept;
  std::string_view entity() const noexcept;
  std::string_view field() const noexcept;
  std::int64_t record() const noexcept;   ///< 0: none
  /// Where in the input, counted from 1: a line of a file (0: none).
  std::int64_t line() const noexcept;
  /// Byte offset in a query or expression text, from 0 (-1: none).
  std::int64_t offset() const noexcept;
  std::int32_t store_code() const noexcept;  ///< the store's own code (0: none)
  bool retriable() const noexcept;           ///< the same call may succeed later, unchanged
  bool aborted() const noexcept;             ///< the open transaction is gone
  /// Of errc::commit_unknown: what to ask tenant::outcome_of() by once the store is open again.
  std::string_view token() const noexcept;
  const enclosure* enclosed() const noexcept;  ///< null: nothing
  /// Validation reports every fault: this error is the first, the others are here.
  const std::vector<error>& others() const noexcept;

  error& in_entity(std::string_view entity) &;
  error& in_field(std::string_view field) &;
  error& of_record(std::int64_t record) &;
  error& at_line(std::int64_t line) &;
  error& at_offset(std::int64_t offset) &;
  error& with_store_code(std::int32_t code) &;
  error& set_retriable(bool yes) &;
  error& set_aborted(bool yes) &;
  error& set_token(std::string token) &;
  error& enclose(std::shared_ptr<const enclosure> what) &;
  error& set_message(std::string message) &;
  error& add_other(error other) &;
  error&& in_entity(std::string_view v) && { in_entity(v); return std::move(*this); }
  error&& in_field(std::string_view v) && { in_field(v); return std::move(*this); }
  error&& of_record(std::int64_t v) && { of_record(v); return std::move(*this); }
  error&& at_line(std::int64_t v) && { at_line(v); return std::move(*this); }
  error&& at_offset(std::int64_t v) && { at_offset(v); return std::move(*this); }
  error&& with_store_code(std::int32_t v) && { with_store_code(v); return std::move(*this); }
  error&& set_retriable(bool v) && { set_retriable(v); return std::move(*this); }
  error&& set_aborted(bool v) && { set_aborted(v); return std::move(*this); }

 private:
  struct detail {
    std::string message, entity, field, token;
    std::shared_ptr<const enclosure> enclosed;
    std::int64_t record = 0, line = 0, offset = -1;
    std::int32_t store_code = 0;
    bool retriable = false, aborted = false;
    std::vector<error> others;
  };
  detail& grown();

  errc code_ = errc::ok;
  std::unique_ptr<detail> detail_;
};

/// The known name closest to `word` (edit distance at most a third of its length), or empty.
/// Callers pass only names that the acting user may see, so that a hint tells of no hidden one.
class nearest_name {
 public:
  explicit nearest_name(std::string_view word) : word_(word) {}
  void offer(std::string_view candidate);
  std::string_view best() const noexcept { return best_; }
  /// "; did you mean `amount`?" or empty.
  std::string hint() const;

 private:
  std::string word_;
  std::string best_;
  std::size_t distance_ = 0;
};

}  // namespace guanxi

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/base/error-inl.hpp"
#endif
