#include "services/runtime/storage/personal.h"

#include "comity/account/v1/contact.pb.h"
#include "comity/gateway/v1/directory.pb.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/type/v1/policy.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::storage {
namespace {

gateway::v1::Person Ana() {
  gateway::v1::Person person;
  person.set_name("persons/ana");
  person.set_email_address("ana@example.com");
  person.set_office("Central");
  (*person.mutable_attributes())["floor"] = "2";
  return person;
}

TEST(PersonalTest, OnlyMarkedFieldsAreCleared) {
  gateway::v1::Person person = Ana();
  ASSERT_TRUE(ClearPersonal(&person).ok());
  EXPECT_EQ(person.name(), "persons/ana");
  EXPECT_EQ(person.email_address(), "");
  EXPECT_TRUE(person.attributes().empty());
  EXPECT_EQ(person.office(), "Central");
}

TEST(PersonalTest, EveryMarkedFieldOfAMessageIsCleared) {
  account::v1::Contact contact;
  const auto* reflection = contact.GetReflection();
  int marked = 0;
  for (int i = 0; i < contact.GetDescriptor()->field_count(); ++i) {
    const auto* field = contact.GetDescriptor()->field(i);
    if (!field->options().GetExtension(type::v1::field).personal()) continue;
    if (field->is_repeated() || field->cpp_type() != field->CPPTYPE_STRING) continue;
    reflection->SetString(&contact, field, "secret");
    ++marked;
  }
  ASSERT_GT(marked, 0);
  contact.set_name("contacts/1");
  ASSERT_TRUE(ClearPersonal(&contact).ok());
  EXPECT_THAT(contact.SerializeAsString(), ::testing::Not(::testing::HasSubstr("secret")));
  EXPECT_EQ(contact.name(), "contacts/1");
}

TEST(PersonalTest, AnAnyInsideAnAnyIsSearchedToo) {
  journal::v1::Entry entry;
  entry.mutable_payload()->PackFrom(Ana());
  google::protobuf::Any any;
  any.PackFrom(entry);
  ASSERT_TRUE(ClearPersonalIn(&any).ok());
  EXPECT_THAT(any.value(), ::testing::Not(::testing::HasSubstr("example.com")));
  journal::v1::Entry after;
  gateway::v1::Person person;
  ASSERT_TRUE(any.UnpackTo(&after) && after.payload().UnpackTo(&person));
  EXPECT_EQ(person.name(), "persons/ana");
}

TEST(PersonalTest, UnknownFieldsDoNotPass) {
  gateway::v1::Person person = Ana();
  person.GetReflection()->MutableUnknownFields(&person)->AddLengthDelimited(999, "secret");
  ASSERT_TRUE(ClearPersonal(&person).ok());
  EXPECT_THAT(person.SerializeAsString(), ::testing::Not(::testing::HasSubstr("secret")));
}

TEST(PersonalTest, AnUnknownTypeIsRefused) {
  google::protobuf::Any any;
  any.set_value("secret");
  EXPECT_TRUE(ClearPersonalIn(&any).ok());
  EXPECT_EQ(any.value(), "") << "without a type nobody knows what it is";
  any.set_type_url("type.googleapis.com/nobody.knows.It");
  EXPECT_EQ(Reason(ClearPersonalIn(&any)), "INTERNAL");
  any.PackFrom(Ana());
  any.set_value("\xff\xff");
  EXPECT_EQ(Reason(ClearPersonalIn(&any)), "INTERNAL");
}

}  // namespace
}  // namespace comity::storage
