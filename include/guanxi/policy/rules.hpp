// Permission rules as data, and the rulebook: a tenant's rules compiled into one immutable value.
//
//   rules r;   r.roles = {{id{1}, id{}, "Sales"}};
//   r.users = {{id{7}, "li", "李雷", id{1}, true, {id{3}}}};
//   rulebook_ptr p = rulebook::compile(r).value();   p->find_user("li")->role == id{1}
//
// The rules themselves are stored as records (user, role, permission_set, entity_right,
// field_right, permission_assignment, sharing_default, user_group, group_member, sharing_rule,
// restriction_rule, record_share, team_member, implied_access, queue, queue_member, territory,
// territory_member); the session loads them.
// Thread rule: immutable, share freely.
#pragma once

#include "guanxi/base/id.hpp"
#include "guanxi/base/result.hpp"
#include "guanxi/expr/tree.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace guanxi::policy {

/// How far a user reaches on a record: full adds delete, transfer and share.
enum class level : std::uint8_t { none, read, edit, full };

/// Entities whose records say who else reaches a record; what they name is no reference, so the
/// write pipeline looks after them.
inline constexpr std::string_view share_entity = "record_share", team_entity = "team_member";

/// Whom a rule or a share names. "A role" and "a role and those below" are two.
struct party {
  enum class kind : std::uint8_t { nobody, everyone, user, role, subordinates, group };
  kind what = kind::nobody;
  id key = {};
  friend auto operator<=>(const party&, const party&) = default;
};

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
  bool bypass_restriction = false;  ///< no restriction rule binds who holds it
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
  /// Controlled by parent (rule 5): the reference to the record whose level this one has, up to
  /// `cap`; empty: it has its own.
  std::string parent = {};
  policy::level cap = level::full;
  bool team_stays = true;  ///< whether a record's team outlasts a change of its owner (rule 8)
};

/// Controlled by parent, no more entities than this stand above one.
inline constexpr int deepest_parent = 4;

/// Access that follows a reference `field` of `entity` (rule 9). By child: who may read a record
/// reads what it refers to. Else: who owns what it refers to, and has `role`, has `level` on it.
struct implied_access {
  id key;
  std::string entity, field;
  bool by_child = false;
  id role = {};
  policy::level level = level::read;
};

/// Records of a queue are owned by a user whom nobody is; its members have full (rule 14).
struct queue {
  id key;
  id holder;
};

struct queue_member {
  id queue;
  party member;
};

/// Its members reach what meets its criteria, or those of a territory below it (rule 17).
struct territory {
  id key;
  id parent;  ///< 0: a root
  std::string entity, criteria;
  policy::level level = level::read;
};

struct territory_member {
  id territory;
  party member;
};

struct user_group {
  id key;
  bool hierarchy = true;  ///< whether those above a member have what is shared with the group
};

struct group_member {
  id group;
  party member;
};

/// Shares what `owned_by` owns, or, if that is nobody, what meets the criteria.
struct sharing_rule {
  id key;
  std::string entity;
  party owned_by;
  std::string criteria;
  party shared_with;
  policy::level level = level::read;
};

/// Those bound reach, whatever else they may, only records that meet the criteria.
struct restriction_rule {
  id key;
  std::string name, entity;
  party binds;
  std::string criteria;
};

/// One record shared, or a member of its team.
struct record_share {
  id key;
  id record;
  party shared_with;
  policy::level level = level::read;
  bool team = false;
};

class share_book;
using share_book_ptr = std::shared_ptr<const share_book>;

/// All shares, by the entities of their records; immutable. A changed one costs a copy of the
/// shares of its entity, so that writing one does not mean reading all.
class share_book {
 public:
  using list = std::vector<record_share>;  ///< in the order of parties
  using changes = std::unordered_map<std::string, list>;
  /// A book where shares with these keys (of shares, or of members of teams) are gone, or are those
  /// of `now`, by entity.
  share_book_ptr with(std::vector<id> shares, std::vector<id> members, changes now) const;
  /// nullptr if there are none.
  const list* on(std::string_view entity) const noexcept;

 private:
  std::unordered_map<std::string, std::shared_ptr<const list>> lists_;
};

struct rules {
  std::vector<role> roles;
  std::vector<user> users;
  std::vector<entity_right> entity_rights;
  std::vector<field_right> field_rights;
  std::vector<sharing_default> defaults;
  std::vector<user_group> groups = {};
  std::vector<group_member> group_members = {};
  std::vector<sharing_rule> sharing_rules = {};
  std::vector<restriction_rule> restriction_rules = {};
  std::vector<implied_access> implied = {};
  std::vector<queue> queues = {};
  std::vector<queue_member> queue_members = {};
  std::vector<territory> territories = {};
  std::vector<territory_member> territory_members = {};
};

/// A sharing or restriction rule with its criteria parsed; null: it has none, or they are no
/// expression.
template <class Rule>
struct ready_rule {
  const Rule* rule = nullptr;
  std::shared_ptr<const expr::tree> criteria = {};
};

/// What rules say of one entity beside its default.
struct entity_rules {
  std::vector<ready_rule<sharing_rule>> sharing;
  std::vector<ready_rule<restriction_rule>> restrictions;
  std::vector<ready_rule<territory>> territories;
};

class rulebook;
using rulebook_ptr = std::shared_ptr<const rulebook>;

class rulebook {
 public:
  /// Errors: errc::invalid_argument for a cycle in the role tree or among groups.
  static result<rulebook_ptr> compile(rules r, share_book_ptr shares = {});
  /// The same rules with other shares.
  rulebook_ptr with(share_book_ptr shares) const;

  const user* find_user(std::string_view login) const noexcept;
  const user* find_user(id key) const noexcept;
  const role* find_role(id key) const noexcept;
  /// Roles strictly below, sorted. Peers and the role itself are not among them (rule 6).
  std::vector<id> subordinates(id role) const;
  /// Whether `upper` is a strict ancestor of `lower`.
  bool above(id upper, id lower) const noexcept;
  const rules& source() const noexcept { return t_->source; }
  const share_book_ptr& shares() const noexcept { return shares_; }
  level default_level(std::string_view entity) const noexcept;
  /// nullptr: there is none, which is private.
  const sharing_default* default_of(std::string_view entity) const noexcept;
  bool hierarchy(std::string_view entity) const noexcept;

  /// Sharing rules and restrictions of an entity; nullptr if there are none.
  const entity_rules* on(std::string_view entity) const noexcept;
  /// Its shares; nullptr if there are none.
  const share_book::list* shared(std::string_view entity) const noexcept {
    return shares_ ? shares_->on(entity) : nullptr;
  }
  /// Whether a user is one of those whom a party stands for, active or not.
  bool stands_for(const party& p, const user& u) const noexcept;
  /// How a grant to a party reaches a user: as one of them, from a user whose role is strictly
  /// below (rule 6), or not.
  enum class path : std::uint8_t { none, own, hierarchy };
  path reaches(const party& p, const user& u, std::string_view entity) const noexcept;
  /// Who owns what an owner rule is about: users, and roles of owners.
  struct owners {
    std::vector<id> users, roles;
  };
  owners owned_by(const party& p) const;
  /// How a user is one of a queue's, or of a territory's or one's above it at a level; none: not.
  path in_queue(id queue, const user& u, std::string_view entity) const noexcept;
  path in_territory(const territory& t, const user& u, level least) const noexcept;

 private:
  /// A group without groups: who is in it, each way.
  struct flat_group {
    bool hierarchy = true;
    std::vector<id> users, roles, subordinates;
  };
  result<void> number_roles();
  void count_users();
  result<void> flatten_groups();
  void sort_by_entity();
  result<void> check_territories() const;
  path reaches_any(const std::vector<party>* all, const user& u,
                   std::string_view entity) const noexcept;
  bool populated_below(id role, id within) const noexcept;
  bool somebody_below(const party& p, id role) const noexcept;
  const flat_group* find_group(id key) const noexcept;

  struct interval { std::uint32_t pre = 0, post = 0; };
  /// What does not change with the shares.
  struct tables {
    rules source;
    std::unordered_map<id, interval> intervals;
    std::unordered_map<id, std::size_t> roles, users;
    std::unordered_map<std::string_view, std::size_t> logins, defaults;
    std::unordered_map<std::string_view, entity_rules> by_entity;
    std::unordered_map<id, flat_group> groups;
    std::unordered_map<id, std::vector<party>> queues, territories;  ///< their members
    std::unordered_map<id, const territory*> territory_at;
    std::vector<std::uint32_t> users_before;  ///< by pre: users whose roles come before
  };
  std::shared_ptr<tables> t_ = std::make_shared<tables>();  ///< filled by compile
  share_book_ptr shares_;
};

}  // namespace guanxi::policy

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/policy/rules-inl.hpp"
#endif
