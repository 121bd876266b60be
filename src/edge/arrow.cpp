#include "guanxi/edge/arrow.hpp"

#include <cerrno>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace guanxi::edge {
namespace {

using rows_ptr = std::shared_ptr<const query::rows>;

std::string format_of(const expr::type& type) {
  switch (type.base) {
    case value_type::null: return "n";
    case value_type::boolean: return "b";
    case value_type::integer:
    case value_type::reference: return "l";
    case value_type::decimal: return "d:38," + std::to_string(type.scale);
    case value_type::text: return "u";
    case value_type::date: return "tdD";
    case value_type::instant: return "tsu:UTC";
  }
  return "n";
}

// A consumer may move a child's struct elsewhere and release it after its parent, so each node owns
// what it shows and its parent frees only the empty shells of its children.
template <class Node>
struct owned_children {
  std::vector<Node> shells;
  std::vector<Node*> pointers;

  explicit owned_children(std::size_t count) : shells(count, Node{}), pointers(count) {
    for (std::size_t i = 0; i < count; ++i) pointers[i] = &shells[i];
  }
  owned_children(const owned_children&) = delete;
  owned_children& operator=(const owned_children&) = delete;
  ~owned_children() {
    for (Node& child : shells)
      if (child.release) child.release(&child);
  }
};

struct schema_node {
  std::string format, name;
  owned_children<ArrowSchema> children;
};

template <class Private, class Node>
void release_node(Node* node) {
  delete static_cast<Private*>(node->private_data);
  node->private_data = nullptr;
  node->release = nullptr;
}

ArrowSchema* fill_schema(ArrowSchema* out, std::string format, std::string name,
                         std::size_t children) {
  auto* owned = new schema_node{std::move(format), std::move(name),
                                owned_children<ArrowSchema>(children)};
  *out = ArrowSchema{};
  out->format = owned->format.c_str();
  out->name = owned->name.c_str();
  out->n_children = static_cast<std::int64_t>(children);
  out->children = children ? owned->children.pointers.data() : nullptr;
  out->private_data = owned;
  out->release = release_node<schema_node, ArrowSchema>;
  return out;
}

struct array_node {
  rows_ptr rows;
  std::shared_ptr<const query::column> copy;  ///< of children's cells, which else lie in batches
  std::vector<std::int32_t> starts;           ///< of lists of children
  const void* buffers[3] = {};
  owned_children<ArrowArray> children;
};

array_node* fill_array(ArrowArray* out, rows_ptr rows, std::size_t length, std::size_t children) {
  auto* owned =
      new array_node{std::move(rows), {}, {}, {}, owned_children<ArrowArray>(children)};
  *out = ArrowArray{};
  out->length = static_cast<std::int64_t>(length);
  out->buffers = owned->buffers;
  out->n_children = static_cast<std::int64_t>(children);
  out->children = children ? owned->children.pointers.data() : nullptr;
  out->private_data = owned;
  out->release = release_node<array_node, ArrowArray>;
  return owned;
}

/// What the format cannot hold in one array: its offsets have 32 bits.
struct too_large : std::length_error {
  using std::length_error::length_error;
};

array_node* fill_column(ArrowArray* out, const rows_ptr& rows, const query::column& from) {
  array_node* owned = fill_array(out, rows, from.rows(), 0);
  out->null_count = static_cast<std::int64_t>(from.nulls());
  if (from.type().base == value_type::null) return owned;  // this type has no buffers
  owned->buffers[0] = from.nulls() ? from.validity() : nullptr;
  if (from.type().base == value_type::text) {
    owned->buffers[1] = from.offsets();
    owned->buffers[2] = from.data();
    out->n_buffers = 3;
  } else {
    owned->buffers[1] = from.data();
    out->n_buffers = 2;
  }
  return owned;
}

array_node* fill_struct(ArrowArray* out, rows_ptr rows, std::size_t length, std::size_t columns) {
  array_node* owned = fill_array(out, std::move(rows), length, columns);
  out->n_buffers = 1;  // its validity, absent: no row is null as a whole
  return owned;
}

void fill_cells(ArrowArray* out, const rows_ptr& from, std::size_t column, std::size_t first,
                std::size_t last);

/// Children of the rows from `first` to before `last`, as a list of structs a row.
void fill_lists(ArrowArray* out, const query::branch_rows& from, std::size_t first,
                std::size_t last) {
  array_node* owned = fill_array(out, from.all, last - first, 1);
  out->n_buffers = 2;
  const std::size_t begin = from.starts[first], end = from.starts[last];
  if (end - begin > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    throw too_large("children");
  owned->starts.reserve(last - first + 1);
  for (std::size_t row = first; row <= last; ++row)
    owned->starts.push_back(static_cast<std::int32_t>(from.starts[row] - begin));
  owned->buffers[1] = owned->starts.data();
  ArrowArray* const item = out->children[0];
  const std::size_t columns = from.all->columns().size();
  fill_struct(item, from.all, end - begin, columns);
  for (std::size_t c = 0; c < columns; ++c) fill_cells(item->children[c], from.all, c, begin, end);
}

/// The cells of one column of children, in an array of their own.
void fill_cells(ArrowArray* out, const rows_ptr& from, std::size_t column, std::size_t first,
                std::size_t last) {
  if (const query::branch_rows* of = from->branch(column))
    return fill_lists(out, *of, first, last);
  auto copy = std::make_shared<query::column>(from->columns()[column].type);
  for (std::size_t row = first; row < last; ++row) {
    copy->append(from->at(row, column));
    if (copy->byte_size() > query::batch_bytes)
      throw too_large("texts");
  }
  fill_column(out, from, *copy)->copy = std::move(copy);
}

void fill_field(ArrowSchema* out, const query::rows& of, std::size_t column) {
  const query::column_info& c = of.columns()[column];
  const query::branch_rows* children = of.branch(column);
  fill_schema(out, children ? "+l" : format_of(c.type), c.name, children ? 1 : 0);
  out->flags = ARROW_FLAG_NULLABLE;
  if (!children) return;
  const query::rows& all = *children->all;
  fill_schema(out->children[0], "+s", "item", all.columns().size());
  for (std::size_t i = 0; i < all.columns().size(); ++i)
    fill_field(out->children[0]->children[i], all, i);
}

struct stream_state {
  rows_ptr rows;
  std::size_t next = 0;
  const char* last_error = nullptr;
};

stream_state& state_of(ArrowArrayStream* stream) {
  return *static_cast<stream_state*>(stream->private_data);
}

/// Runs what may lack memory; on failure `out` is left released, as the interface wants it.
template <class Node, class Work>
int guarded(stream_state& state, Node* out, Work&& work) {
  *out = Node{};
  state.last_error = nullptr;
  try {
    work();
    return 0;
  } catch (const std::bad_alloc&) {
    if (out->release) out->release(out);
    *out = Node{};
    state.last_error = "there is no memory for the Arrow structures";
    return ENOMEM;
  } catch (const too_large&) {
    if (out->release) out->release(out);
    *out = Node{};
    state.last_error = "there are more children, or longer texts of them, than one Arrow array "
                       "holds; ask for fewer";
    return EOVERFLOW;
  }
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  stream_state& state = state_of(stream);
  return guarded(state, out, [&] {
    const std::vector<query::column_info>& columns = state.rows->columns();
    fill_schema(out, "+s", "", columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i)
      fill_field(out->children[i], *state.rows, i);
  });
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) {
  stream_state& state = state_of(stream);
  return guarded(state, out, [&] {
    if (state.next == state.rows->batches().size()) return;  // a released array: the end
    const query::batch& from = state.rows->batches()[state.next];
    fill_struct(out, state.rows, from.rows(), from.columns.size());
    for (std::size_t i = 0; i < from.columns.size(); ++i) {
      const query::branch_rows* of = state.rows->branch(i);
      if (of) fill_lists(out->children[i], *of, from.first, from.first + from.rows());
      else fill_column(out->children[i], state.rows, from.columns[i]);
    }
    ++state.next;
  });
}

const char* get_last_error(ArrowArrayStream* stream) { return state_of(stream).last_error; }

void release_stream(ArrowArrayStream* stream) {
  delete static_cast<stream_state*>(stream->private_data);
  *stream = ArrowArrayStream{};
}

}  // namespace

void export_stream(std::shared_ptr<const query::rows> rows, ArrowArrayStream* out) {
  auto* state = new stream_state{std::move(rows)};
  *out = ArrowArrayStream{get_schema, get_next, get_last_error, release_stream, state};
}

}  // namespace guanxi::edge
