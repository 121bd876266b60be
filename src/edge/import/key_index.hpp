// Natural keys: which record of an entity has these values in these fields.
#pragma once

#include "guanxi/session/session.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace guanxi::edge {

class key_index {
 public:
  /// Answers of find() that are no record.
  static constexpr id none{0};       ///< nobody has the key
  static constexpr id rejected{-1};  ///< a row with the key could not be taken
  static constexpr id ambiguous{-2};  ///< several records have it

  key_index(const schema::entity& of, std::vector<const schema::field*> fields)
      : of_(&of), fields_(std::move(fields)) {}

  const schema::entity& of() const noexcept { return *of_; }
  const std::vector<const schema::field*>& fields() const noexcept { return fields_; }

  /// Reads the keys of all records that the session sees; once.
  result<void> load(const session& from);
  id find(const std::string& key) const;
  /// Takes a record that was written since; `before` is what it was, if it was.
  void put(const schema::record& now, const schema::record* before);
  /// Remembers that a row with this key was not taken, unless a record has it.
  void reject(const std::string& key) { by_key_.try_emplace(key, rejected); }
  /// "; did you mean …?" among the keys, for a key of one field.
  std::string hint(const value& wanted) const;

  /// The key that values make, or nothing if one is null.
  static std::optional<std::string> key_of(std::span<const value> values);

 private:
  std::optional<std::string> key_of(const schema::record& r) const;

  const schema::entity* of_;
  std::vector<const schema::field*> fields_;
  std::unordered_map<std::string, id> by_key_;
  bool loaded_ = false;
};

}  // namespace guanxi::edge
