// Permission rules as data, and the rulebook: a tenant's rules compiled into one immutable value.
//
//   rules r;   r.roles = {{id{1}, id{}, "Sales"}};
//   r.users = {{id{7}, "li", "李雷", id{1}, true, {id{3}}}};
//   rulebook_ptr p = rulebook::compile(r).value();   p->find_user("li")->role == id{1}
//
// The rules themselves are stored as records (user, role, permission_set, entity_right,
// field_right, permission_assignment, sharing_default); the session loads them.
// Thread rule: immutable, share freely.
#pragma once

#include "guanxi/base/id.hpp"
#include "guanxi/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace guanxi::policy {

/// How far a user reaches on a record: full adds delete, transfer and share.
enum class level : std::uint8_t { none, read, edit, full };

struct role {
  id key;
  id parent;  ///< 0: a root
  std::string name;
};

struct user {
  id key;
  std::string login, name;
  id role;  ///< 0: none
  bool active = true;
  std::vector<id> permission_sets;
};

/// What a permission set gives on an entity ("*": every entity).
struct entity_right {
  id permission_set;
  std::string entity;
  bool create = false, read = false, edit = false, remove = false;
  bool view_all = false;    ///< reads every record, whoever owns it
  bool modify_all = false;  ///< does everything to every record; implies view_all
  bool listed_fields_only = false;  ///< allow-list mode: only fields with a field_right
};

/// What a permission set gives on one field, in place of its entity right.
struct field_right {
  id permission_set;
  std::string entity, field;
  bool read = false, edit = false;
};

/// What everybody with the entity right reaches on everybody's records. Without one: private.
struct sharing_default {
  std::string entity;
  policy::level level = level::none;
  bool hierarchy = true;  ///< whether superiors reach what their subordinates own
};

struct rules {
  std::vector<role> roles;
  std::vector<user> users;
  std::vector<entity_right> entity_rights;
  std::vector<field_right> field_rights;
  std::vector<sharing_default> defaults;
};

class rulebook;
using rulebook_ptr = std::shared_ptr<const rulebook>;

class rulebook {
 public:
  /// Errors: errc::invalid_argument for a cycle in the role tree.
  static result<rulebook_ptr> compile(rules r);

  const user* find_user(std::string_view login) const noexcept;
  const user* find_user(id key) const noexcept;
  const role* find_role(id key) const noexcept;
  /// Roles strictly below, sorted. Peers and the role itself are not among them (rule 6).
  std::vector<id> subordinates(id role) const;
  /// Whether `upper` is a strict ancestor of `lower`.
  bool above(id upper, id lower) const noexcept;
  const rules& source() const noexcept { return rules_; }
  level default_level(std::string_view entity) const noexcept;
  bool hierarchy(std::string_view entity) const noexcept;

 private:
  struct interval { std::uint32_t pre = 0, post = 0; };
  rules rules_;
  std::unordered_map<id, interval> intervals_;
  std::unordered_map<id, std::size_t> roles_, users_;
  std::unordered_map<std::string_view, std::size_t> logins_;
  std::unordered_map<std::string_view, std::size_t> defaults_;
};

}  // namespace guanxi::policy

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/policy/rules-inl.hpp"
#endif
