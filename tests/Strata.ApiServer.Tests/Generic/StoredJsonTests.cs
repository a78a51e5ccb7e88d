using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Generic;

public sealed class StoredJsonTests
{
    [Theory]
    [InlineData("""{"data":{"a":"<ü\n"},"metadata":{"resourceVersion":"5","name":"x"},"apiVersion":"v1"}""", """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"},"data":{"a":"<ü\n"}}""")]
    [InlineData("""{"metadata":{"name":"x","labels":null},"data":null,"b":[1,{"c":null}]}""", """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"},"b":[1,{"c":null}]}""")]
    [InlineData("""{"we\"ird":1}""", """{"kind":"ConfigMap","apiVersion":"v1","metadata":{},"we\"ird":1}""")]
    public void The_stored_form_begins_with_kind_version_and_metadata_and_has_no_resource_version(string source, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(new StoredJson(ConfigMap.Info).Encode(JsonNode.Parse(source)!.AsObject())));
}
