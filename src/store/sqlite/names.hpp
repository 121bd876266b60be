// What the store's tables, views and indices are called in its file. In a file of a host's they
// bear a prefix, for the host may have an `account` of its own.
//
//   names{"gx_"}.table("account")      // "gx_account", with quotes
//   names{"gx_"}.table("gx_meta")      // "gx_meta": the library's own bear it already
//
// Thread rule: values.
#pragma once

#include <string>
#include <string_view>

namespace guanxi::store::sqlite {

/// "\"name\"", with quotes doubled.
std::string identifier(std::string_view name);

struct names {
  std::string prefix = {};

  /// A table's name without quotes.
  std::string plain(std::string_view entity) const {
    return prefix == "gx_" && entity.starts_with(prefix) ? std::string(entity)
                                                         : prefix + std::string(entity);
  }
  std::string table(std::string_view entity) const { return identifier(plain(entity)); }
  std::string view(std::string_view entity) const {
    return identifier(prefix + "readable_" + std::string(entity));
  }
  /// The dot, which no name has, keeps `x_a`.`b_c` and `x_a_b`.`c` apart.
  std::string index(std::string_view what, std::string_view entity, std::string_view field) const {
    return identifier(prefix + std::string(what) + "_" + std::string(entity) + "." +
                      std::string(field));
  }
};

}  // namespace guanxi::store::sqlite
