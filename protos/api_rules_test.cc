// The rules of the API that every method keeps, read from the descriptors and their comments: a
// method that is added tomorrow is held to them as well.
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/type/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/rpc/code.pb.h"
#include "gtest/gtest.h"

namespace comity {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;

// All methods of comity.….v1, with the places of their comments.
const std::vector<const MethodDescriptor*>& Methods() {
  static const auto* const methods = [] {
    google::protobuf::FileDescriptorSet files;
    std::ifstream api(COMITY_API, std::ios::binary);
    EXPECT_TRUE(files.ParseFromIstream(&api)) << COMITY_API;
    auto* pool = new google::protobuf::DescriptorPool;
    auto* found = new std::vector<const MethodDescriptor*>;
    for (const auto& proto : files.file()) {
      const auto* file = pool->BuildFile(proto);
      if (file == nullptr || !absl::StartsWith(file->package(), "comity.")) continue;
      for (int i = 0; i < file->service_count(); ++i) {
        for (int j = 0; j < file->service(i)->method_count(); ++j) {
          found->push_back(file->service(i)->method(j));
        }
      }
    }
    return found;
  }();
  EXPECT_GT(methods->size(), 60);
  return *methods;
}

bool Writes(const MethodDescriptor& method) {
  return method.options().idempotency_level() != MethodOptions::NO_SIDE_EFFECTS;
}

bool StartsWithAny(const std::string& name, const std::vector<std::string>& verbs) {
  for (const std::string& verb : verbs) {
    if (absl::StartsWith(name, verb)) return true;
  }
  return false;
}

const Descriptor* ItemOf(const Descriptor& batch) {
  const FieldDescriptor* requests = batch.FindFieldByName("requests");
  return requests == nullptr ? nullptr : requests->message_type();
}

bool HasField(const Descriptor& type, const char* name, FieldDescriptor::Type of) {
  const FieldDescriptor* field = type.FindFieldByName(name);
  return field != nullptr && !field->is_repeated() && field->type() == of;
}

// All messages that a method takes or gives, and those in them.
void AddMessages(const Descriptor* type, std::set<const Descriptor*>* found) {
  if (!absl::StartsWith(type->full_name(), "comity.") || !found->insert(type).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->message_type() != nullptr) AddMessages(field->message_type(), found);
  }
}

// Nobody knows what a file's columns hold: in what is or names a person it may be anything, and an
// entry of the journal is never erased.
TEST(ApiRules, AttributesArePersonalUnlessTheRecordIsAboutNobody) {
  const std::set<std::string> about_nobody = {"comity.gateway.v1.Department",
                                              "comity.gateway.v1.Team", "comity.lead.v1.Campaign",
                                              "comity.lead.v1.Product"};
  std::set<const Descriptor*> messages;
  for (const MethodDescriptor* method : Methods()) {
    AddMessages(method->input_type(), &messages);
    AddMessages(method->output_type(), &messages);
  }
  int with_attributes = 0;
  for (const Descriptor* message : messages) {
    const FieldDescriptor* attributes = message->FindFieldByName("attributes");
    if (attributes == nullptr) continue;
    ++with_attributes;
    EXPECT_EQ(attributes->options().GetExtension(type::v1::field).personal(),
              !about_nobody.contains(message->full_name()))
        << message->full_name();
  }
  EXPECT_GE(with_attributes, 12);
}

TEST(ApiRules, EachMethodSaysWhetherItWrites) {
  for (const MethodDescriptor* method : Methods()) {
    const bool reads = StartsWithAny(method->name(), {"Get", "List", "Read", "Watch", "Wait"});
    EXPECT_EQ(method->options().idempotency_level(),
              reads ? MethodOptions::NO_SIDE_EFFECTS : MethodOptions::IDEMPOTENT)
        << method->full_name();
  }
}

TEST(ApiRules, EachWriteHasARequestIdAndCanBeTried) {
  for (const MethodDescriptor* method : Methods()) {
    if (!Writes(*method)) continue;
    const Descriptor* request = method->input_type();
    if (absl::StartsWith(method->name(), "Batch")) request = ItemOf(*request);
    ASSERT_NE(request, nullptr) << method->full_name();
    EXPECT_TRUE(HasField(*request, "request_id", FieldDescriptor::TYPE_STRING))
        << method->full_name();
    EXPECT_TRUE(HasField(*request, "validate_only", FieldDescriptor::TYPE_BOOL))
        << method->full_name();
  }
}

// Each is read by those who sign it: nobody makes many, and no two are the same.
bool IsProposal(const MethodDescriptor& method) { return method.name() == "CreateProposal"; }

TEST(ApiRules, WhatCanBeMadeCanBeMadeInBatches) {
  for (const MethodDescriptor* method : Methods()) {
    if (!StartsWithAny(method->name(), {"Create", "Record", "Judge"})) continue;
    if (IsProposal(*method)) continue;
    const MethodDescriptor* batch = nullptr;
    for (int i = 0; i < method->service()->method_count(); ++i) {
      const MethodDescriptor* other = method->service()->method(i);
      if (ItemOf(*other->input_type()) == method->input_type()) batch = other;
    }
    ASSERT_NE(batch, nullptr) << method->full_name() << " has no batch";
    // Without the last letter: Opportunity, Opportunities.
    const std::string singular = method->name().substr(0, method->name().size() - 1);
    EXPECT_TRUE(absl::StartsWith(batch->name(), absl::StrCat("Batch", singular)))
        << batch->full_name();
    const FieldDescriptor* requests = batch->input_type()->FindFieldByName("requests");
    EXPECT_EQ(requests->options().GetExtension(type::v1::field).max(), 200) << batch->full_name();
    const FieldDescriptor* results = batch->output_type()->FindFieldByName("results");
    ASSERT_TRUE(results != nullptr && results->is_repeated()) << batch->full_name();
    const FieldDescriptor* status = results->message_type()->FindFieldByName("status");
    ASSERT_NE(status, nullptr) << batch->full_name();
    EXPECT_EQ(status->message_type()->full_name(), "comity.type.v1.ItemStatus");
    EXPECT_EQ(results->message_type()->field(1)->message_type(), method->output_type());
    EXPECT_EQ(batch->options().GetExtension(type::v1::method).admission(),
              type::v1::ADMISSION_CLASS_BULK)
        << batch->full_name();
  }
}

TEST(ApiRules, ListsHavePages) {
  for (const MethodDescriptor* method : Methods()) {
    if (!absl::StartsWith(method->name(), "List")) continue;
    EXPECT_TRUE(HasField(*method->input_type(), "page_size", FieldDescriptor::TYPE_INT32))
        << method->full_name();
    EXPECT_TRUE(HasField(*method->input_type(), "page_token", FieldDescriptor::TYPE_STRING))
        << method->full_name();
    EXPECT_TRUE(HasField(*method->output_type(), "next_page_token", FieldDescriptor::TYPE_STRING))
        << method->full_name();
  }
}

// The codes behind `Errors:` in the comment of a method; what stands in parentheses explains.
std::set<std::string> ListedErrors(const MethodDescriptor& method) {
  google::protobuf::SourceLocation place;
  EXPECT_TRUE(method.GetSourceLocation(&place)) << method.full_name();
  const std::vector<std::string> parts = absl::StrSplit(place.leading_comments, " Errors:");
  if (parts.size() != 2) return {};
  std::set<std::string> codes;
  std::string word;
  int depth = 0;
  for (const char c : parts[1]) {
    depth += c == '(' ? 1 : 0;
    if (depth == 0 && (absl::ascii_isalnum(c) || c == '_')) {
      word += c;
    } else if (!word.empty()) {
      codes.insert(std::exchange(word, ""));
    }
    depth -= c == ')' ? 1 : 0;
  }
  return codes;
}

// What any method of this shape can answer.
std::set<std::string> ExpectedErrors(const MethodDescriptor& method) {
  std::set<std::string> codes;
  const Descriptor& request = *method.input_type();
  if (!method.options().GetExtension(type::v1::method).roles().empty()) {
    codes.insert("PERMISSION_DENIED");
  }
  if (request.field_count() > 0) codes.insert("INVALID_ARGUMENT");
  for (const char* name : {"name", "parent", "subject"}) {
    if (request.FindFieldByName(name) != nullptr) codes.insert("NOT_FOUND");
  }
  if (request.FindFieldByName("update_mask") != nullptr) codes.insert({"NOT_FOUND", "ABORTED"});
  const bool may_meet_another = absl::StartsWith(method.name(), "Create") && !IsProposal(method);
  if (may_meet_another) codes.insert("ALREADY_EXISTS");
  return codes;
}

TEST(ApiRules, EachCommentListsItsErrors) {
  for (const MethodDescriptor* method : Methods()) {
    const std::set<std::string> listed = ListedErrors(*method);
    EXPECT_FALSE(listed.empty()) << method->full_name() << " lists no errors";
    for (const std::string& code : listed) {
      google::rpc::Code known;
      EXPECT_TRUE(google::rpc::Code_Parse(code, &known)) << method->full_name() << ": " << code;
    }
    for (const std::string& code : ExpectedErrors(*method)) {
      EXPECT_TRUE(listed.contains(code)) << method->full_name() << " does not list " << code;
    }
  }
}

}  // namespace
}  // namespace comity
