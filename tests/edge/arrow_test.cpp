#include "guanxi/edge/arrow.hpp"

#include "answers.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace guanxi::edge {
namespace {

/// Releases what an Arrow struct holds; what moved away is not its own any more.
template <class Node>
struct held {
  Node node{};
  held() = default;
  held(const held&) = delete;
  held& operator=(const held&) = delete;
  ~held() { release(); }
  void release() {
    if (node.release) node.release(&node);
  }
  Node* operator->() { return &node; }
};

template <class T>
T cell(const ArrowArray& column, std::size_t row) {
  T x;
  std::memcpy(&x, static_cast<const char*>(column.buffers[1]) + row * sizeof x, sizeof x);
  return x;
}

bool bit(const void* bits, std::size_t row) {
  return (static_cast<const std::uint8_t*>(bits)[row / 8] >> (row % 8)) & 1;
}

std::string text(const ArrowArray& column, std::size_t row) {
  const auto* offsets = static_cast<const std::int32_t*>(column.buffers[1]);
  return {static_cast<const char*>(column.buffers[2]) + offsets[row],
          static_cast<std::size_t>(offsets[row + 1] - offsets[row])};
}

TEST(arrow, names_each_column_and_its_type) {
  held<ArrowArrayStream> stream;
  export_stream(every_type(), &stream.node);
  held<ArrowSchema> schema;
  ASSERT_EQ(stream->get_schema(&stream.node, &schema.node), 0);
  EXPECT_STREQ(schema->format, "+s");
  std::vector<std::pair<std::string, std::string>> found;
  for (std::int64_t i = 0; i < schema->n_children; ++i) {
    const ArrowSchema& child = *schema->children[i];
    found.emplace_back(child.name, child.format);
    EXPECT_EQ(child.flags, ARROW_FLAG_NULLABLE) << child.name;
  }
  EXPECT_EQ(found, (std::vector<std::pair<std::string, std::string>>{
                       {"yes", "b"}, {"n", "l"}, {"price", "d:38,2"}, {"name", "u"},
                       {"day", "tdD"}, {"at", "tsu:UTC"}, {"account", "l"}, {"nothing", "n"}}));
}

TEST(arrow, shows_every_cell) {
  held<ArrowArrayStream> stream;
  export_stream(every_type(), &stream.node);
  held<ArrowArray> batch;
  ASSERT_EQ(stream->get_next(&stream.node, &batch.node), 0);
  ASSERT_EQ(batch->length, 2);
  ASSERT_EQ(batch->n_children, 8);
  EXPECT_EQ(batch->n_buffers, 1);
  const auto child = [&](int i) -> const ArrowArray& { return *batch->children[i]; };
  EXPECT_TRUE(bit(child(0).buffers[1], 0));
  EXPECT_EQ(cell<std::int64_t>(child(1), 0), 7);
  EXPECT_EQ(cell<wide>(child(2), 0), -109650);
  EXPECT_EQ(text(child(3), 0), "万科");
  EXPECT_EQ(cell<std::int32_t>(child(4), 0), 17226);
  EXPECT_EQ(cell<std::int64_t>(child(5), 0), 1'488'358'800'000'001);
  EXPECT_EQ(cell<std::int64_t>(child(6), 0), 12);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(child(i).null_count, 1) << i;
    EXPECT_TRUE(bit(child(i).buffers[0], 0)) << i;
    EXPECT_FALSE(bit(child(i).buffers[0], 1)) << i;
  }
  EXPECT_EQ(child(7).n_buffers, 0);
  EXPECT_EQ(child(7).null_count, 2);
}

TEST(arrow, leaves_out_a_bitmap_that_would_be_all_ones) {
  held<ArrowArrayStream> stream;
  export_stream(answer({column("n", value_type::integer)}, {{1}, {2}}), &stream.node);
  held<ArrowArray> batch;
  ASSERT_EQ(stream->get_next(&stream.node, &batch.node), 0);
  EXPECT_EQ(batch->children[0]->null_count, 0);
  EXPECT_EQ(batch->children[0]->buffers[0], nullptr);
}

TEST(arrow, ends_with_a_released_array_again_and_again) {
  held<ArrowArrayStream> stream;
  export_stream(answer({column("n", value_type::integer)}, {}), &stream.node);
  for (int i = 0; i < 2; ++i) {
    held<ArrowArray> end;
    ASSERT_EQ(stream->get_next(&stream.node, &end.node), 0);
    EXPECT_EQ(end->release, nullptr);
  }
  EXPECT_EQ(stream->get_last_error(&stream.node), nullptr);
}

TEST(arrow, gives_an_array_a_batch) {
  query::rows many({column("n", value_type::integer)}, nullptr);
  for (std::size_t i = 0; i < query::batch_rows + 3; ++i)
    many.append(std::vector<value>{static_cast<std::int64_t>(i)});
  held<ArrowArrayStream> stream;
  export_stream(std::move(many), &stream.node);
  std::vector<std::int64_t> lengths;
  std::int64_t last = 0;
  while (true) {
    held<ArrowArray> batch;
    ASSERT_EQ(stream->get_next(&stream.node, &batch.node), 0);
    if (!batch->release) break;
    lengths.push_back(batch->length);
    last = cell<std::int64_t>(*batch->children[0], static_cast<std::size_t>(batch->length) - 1);
  }
  EXPECT_EQ(lengths, (std::vector<std::int64_t>{query::batch_rows, 3}));
  EXPECT_EQ(last, static_cast<std::int64_t>(query::batch_rows) + 2);
}

TEST(arrow, copies_no_cell) {
  const auto rows = std::make_shared<const query::rows>(every_type());
  held<ArrowArrayStream> stream;
  export_stream(rows, &stream.node);
  held<ArrowArray> batch;
  ASSERT_EQ(stream->get_next(&stream.node, &batch.node), 0);
  const query::column& names = rows->batches()[0].columns[3];
  EXPECT_EQ(batch->children[3]->buffers[1], names.offsets());
  EXPECT_EQ(batch->children[3]->buffers[2], names.data());
}

TEST(arrow, keeps_the_rows_for_an_array_that_outlives_its_stream) {
  held<ArrowArray> batch;
  {
    held<ArrowArrayStream> stream;
    export_stream(every_type(), &stream.node);
    ASSERT_EQ(stream->get_next(&stream.node, &batch.node), 0);
  }
  EXPECT_EQ(text(*batch->children[3], 0), "万科");
}

TEST(arrow, lets_a_child_outlive_its_parent) {
  held<ArrowArray> moved;
  held<ArrowSchema> moved_schema;
  {
    held<ArrowArrayStream> stream;
    export_stream(every_type(), &stream.node);
    held<ArrowArray> batch;
    held<ArrowSchema> schema;
    ASSERT_EQ(stream->get_next(&stream.node, &batch.node), 0);
    ASSERT_EQ(stream->get_schema(&stream.node, &schema.node), 0);
    moved.node = std::exchange(*batch->children[3], ArrowArray{});
    moved_schema.node = std::exchange(*schema->children[3], ArrowSchema{});
  }
  EXPECT_EQ(text(moved.node, 0), "万科");
  EXPECT_STREQ(moved_schema->name, "name");
}

TEST(arrow, is_marked_released_once_released) {
  held<ArrowArrayStream> stream;
  export_stream(every_type(), &stream.node);
  held<ArrowArray> batch;
  held<ArrowSchema> schema;
  ASSERT_EQ(stream->get_next(&stream.node, &batch.node), 0);
  ASSERT_EQ(stream->get_schema(&stream.node, &schema.node), 0);
  stream.release();
  schema.release();
  batch.release();
  EXPECT_EQ(stream->release, nullptr);
  EXPECT_EQ(schema->release, nullptr);
  EXPECT_EQ(batch->release, nullptr);
}

TEST(arrow, lets_go_of_the_rows_with_the_last_array) {
  std::weak_ptr<const query::rows> watched;
  held<ArrowArrayStream> stream;
  {
    auto rows = std::make_shared<const query::rows>(every_type());
    watched = rows;
    export_stream(std::move(rows), &stream.node);
  }
  held<ArrowArray> batch;
  ASSERT_EQ(stream->get_next(&stream.node, &batch.node), 0);
  stream.release();
  EXPECT_FALSE(watched.expired());
  batch.release();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace guanxi::edge
