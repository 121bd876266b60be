// One call of the pipeline, from the caller's draft to stored records.
#pragma once

#include "guanxi/work/pipeline.hpp"
#include "recipe.hpp"
#include "record_set.hpp"

#include <functional>
#include <optional>

namespace guanxi::work {

class pipeline::run {
 public:
  run(pipeline& p, const policy::grants& who, const write_options& how);

  result<schema::record> create(const schema::draft& d);
  result<schema::record> change(const schema::entity& of, id key, const schema::draft& d);
  result<void> remove(const schema::entity& of, std::span<const id> keys);
  result<std::int64_t> restore(const schema::entity& of, id key);
  result<std::int64_t> restore_batch(std::int64_t batch);
  result<schema::record> archive(const schema::entity& of, id key, bool archived);
  result<bool> purge(instant before, std::size_t at_most, purge_place& from);

 private:
  /// A record on its way through the rounds.
  struct item {
    image before;                       ///< null: a new record
    schema::record after;
    const recipe* by = nullptr;
    const policy::grant* rights = nullptr;     ///< the caller's
    std::vector<write_class> classes;   ///< by slot: who wrote it last
    std::vector<std::uint16_t> touched, next;  ///< this round's and the coming one's
    const std::string* cause = nullptr; ///< the name of the effect that changed it
    bool starting = true;               ///< its first round
    bool removed = false, restored = false, purged = false;
    bool quiet = false;                 ///< of a deleted record: nothing follows from it
    /// What was not asked for in so many words: rules that came after the record do not stop it.
    bool consequence = false;
    const schema::entity& of() const { return after.of(); }
    bool fresh() const { return !before; }
    trigger kind() const {
      if (removed) return trigger::removed;
      if (!starting) return trigger::updated;
      return fresh() ? trigger::created : restored ? trigger::restored : trigger::updated;
    }
    /// Whether the write gives this slot another value than the stored one.
    bool differs(std::uint16_t slot) const {
      return fresh() || !(before->at(slot) == after.at(slot));
    }
  };

  // Steps, in their order.
  result<const schema::entity*> own(const schema::draft& d) const;
  result<item*> start(const schema::entity& of, id key);
  result<item*> start_new(const schema::entity& of);
  item& begin(image before, schema::record after);
  void apply_caller(item& it, const schema::draft& d);
  void apply_entry(item& it, const schema::draft::entry& e);
  result<void> apply_defaults(item& it);
  result<void> settle_owner(item& it);
  void check_new_owner(const item& it, const schema::record& owner);
  result<void> authorise(const item& it) const;
  bool allows(const policy::grant& g, policy::action what, const schema::record& r) const {
    return g.allows(what, r, p_.related());
  }
  /// Whether an entity's records have the level of their parents (rule 5).
  bool by_parent(const schema::entity& of) const {
    const policy::sharing_default* base = who_.rules().default_of(of.name());
    return base && !base->parent.empty();
  }
  result<void> may(policy::action what, const schema::record& before) const;
  result<void> expected(const schema::record& before, const schema::record* after = nullptr) const;
  result<void> run_effects();
  result<void> run_effect(item& it, const installed_effect& e);
  result<void> validate(const item& it);
  result<void> check_reference(const item& it, const schema::field& f);
  result<void> check_unique(const item& it, const schema::field& f);
  void check_currency(const item& it);
  /// A fault of a field; of one that the caller does not see, nothing but that there is one.
  void fault(const item& it, const schema::field& f, errc code, std::string text);
  result<void> store(item& it);
  result<void> log(const item& it, std::span<const std::uint16_t> changed);
  result<void> relabel_owned(const item& user);
  result<void> finish();

  // What effects read.
  result<std::vector<value>> read_paths(const item& it, const installed_effect& e);
  result<value> read_path(const item& it, const expr::bound_path& path);
  result<std::vector<query::rows>> read_queries(const item& it, const installed_effect& e);
  result<void> take_output(item& it, const installed_effect& e, const output& out);
  result<void> take_other(item& it, const installed_effect& e, const output::item& other);

  void set(item& it, std::uint16_t slot, value v, write_class as);
  item* find(const schema::entity& of, id key);

  // Deleting, restoring, purging: what belongs together.
  using row_visitor = std::function<result<void>(id child, id parent)>;
  using field_filter = std::function<bool(const schema::field&)>;
  const policy::grants& all_sight();
  result<query::rows> ask(const std::string& text,
                          std::vector<expr::parameter_value> parameters, query::standing which);
  result<void> each_child(const schema::field& by, std::span<const id> parents,
                          query::standing which, const row_visitor& take);
  result<void> each_child_of(const record_set& set, std::size_t from, std::size_t to,
                             query::standing which, const field_filter& along,
                             const std::function<result<void>(const schema::field& by, id child,
                                                              std::uint32_t parent)>& take);
  result<void> gather(record_set& set, query::standing which, const field_filter& along);
  result<image> need(const schema::entity& of, id key);
  item& work_on(image before);
  const schema::entity* entity_numbered(std::int64_t number) const;
  std::string called(const schema::record& r) const;

  result<void> check_root(const schema::entity& of, id key);
  result<void> check_rights(record_set& going);
  result<void> check_restricted(const record_set& going);
  struct cleared {
    const schema::field* by;
    id child, target;
  };
  result<std::vector<cleared>> references_to_clear(const record_set& going);
  result<void> clear(std::span<const cleared> all, std::int64_t batch);
  result<void> note_cleared(const cleared& what, std::int64_t batch);
  result<void> remove_all(record_set& going, std::int64_t batch);

  // Shares and teams (sharing.cpp).
  static bool shares(const schema::entity& of) noexcept;
  result<image> shared_record(const schema::record& share);
  result<void> authorise_share(const schema::record& share);
  result<bool> comes_back(const schema::entity& of, id key, std::int64_t batch);
  bool may_be_shared(const schema::entity& of) const;
  result<void> each_share(std::string_view table, const schema::entity& of,
                          std::span<const id> records, bool manual_only, const row_visitor& take);
  result<void> gather_shares(record_set& going);
  result<void> drop_manual_shares();
  result<void> drop_shares(std::string_view table, const schema::entity& of,
                           std::span<const id> records, bool manual_only);

  result<record_set> members_of(std::int64_t batch);
  result<void> tie_members(record_set& back);
  result<void> check_restorable(record_set& back, std::int64_t batch);
  result<void> check_parent(const record_set::member& m, const schema::record& r,
                            const schema::field& by);
  result<void> restore_all(record_set& back, std::int64_t batch);
  using noted = std::vector<std::pair<cleared, std::int64_t>>;
  result<void> restore_one(image before, noted& notes);
  result<void> forget_note(id note);
  result<void> tie_again(const record_set& back, std::int64_t batch);

  result<void> mark_kept(record_set& set);
  result<void> let_go(const record_set& set, const std::vector<bool>& goes);
  result<void> erase(image gone);
  error unknown_field(const schema::entity& of, std::string_view name) const;
  result<void> faults();
  schema::record shown(item& it) const;
  const schema::catalog_ptr& catalog() const { return p_.catalog_; }
  /// Bounds of what this call reads by the way.
  query::bounds within() const {
    query::bounds out = how_.within;
    out.text = p_.world().text.get();
    return out;
  }

  pipeline& p_;
  const policy::grants& who_;
  const write_options& how_;
  instant now_;
  std::vector<std::unique_ptr<item>> items_;
  std::vector<error> faults_;
  std::optional<policy::grants> all_sight_;
  std::int64_t reserved_ = 0;  ///< a sequence that was taken before its entry is written
};

/// What a caller hears who would change an archived record.
error read_only(const schema::record& archived);

}  // namespace guanxi::work
