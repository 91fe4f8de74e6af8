#include "services/@name@/@name@_service.h"

#include "gtest/gtest.h"
#include "services/@name@/@name@_migrations.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::@name@ {
namespace {

class @Name@ServiceTest : public testing::Test {
 protected:
  v1::Create@Name@Request NewRequest() {
    v1::Create@Name@Request request;
    request.mutable_@name@()->set_display_name("First");
    request.mutable_@name@()->set_owner("persons/ana");
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  absl::StatusOr<v1::@Name@> Create(const v1::Create@Name@Request& request) {
    Call call = runtime_.MakeCall("ana@sales", "comity.@name@.v1.@Name@Service/Create@Name@");
    return service_.Create@Name@(call, request);
  }

  testlib::Database database_{@Name@Migrations()};
  testlib::TestRuntime runtime_{&database_};
  @Name@Service service_{nullptr};
};

TEST_F(@Name@ServiceTest, WhatIsCreatedCanBeRead) {
  const auto created = Create(NewRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  Call call = runtime_.MakeCall("ana@sales");
  v1::Get@Name@Request request;
  request.set_name(created->name());
  const auto read = service_.Get@Name@(call, request);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), created->SerializeAsString());
}

TEST_F(@Name@ServiceTest, ARepeatedRequestHasItsEffectOnce) {
  const v1::Create@Name@Request request = NewRequest();
  const auto first = Create(request);
  const auto second = Create(request);
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(first->name(), second->name());
  Call call = runtime_.MakeCall("ana@sales");
  const auto list = service_.List@Names@(call, {});
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->@names@_size(), 1);
}

}  // namespace
}  // namespace comity::@name@
