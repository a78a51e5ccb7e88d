using System.Text;
using System.Text.Json;
using Strata.ApiServer.Cache;

namespace Strata.ApiServer.Tests.Cache;

public sealed class StoredObjectTests
{
    [Theory]
    [InlineData("""{"metadata":{}}""", """{"metadata":{"resourceVersion":"7"}}""")]
    [InlineData("""{"metadata":{"name":"a"}}""", """{"metadata":{"resourceVersion":"7","name":"a"}}""")]
    [InlineData("""{"metadata":{"resourceVersion":"123"}}""", """{"metadata":{"resourceVersion":"7"}}""")]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"","uid":"u"}}""", """{"metadata":{"name":"a","resourceVersion":"7","uid":"u"}}""")]
    [InlineData("""{"metadata":{"name":"a", "resourceVersion" : null }}""", """{"metadata":{"name":"a", "resourceVersion" : "7" }}""")]
    [InlineData("""{ "kind":"Pod", "x":{"metadata":{}}, "metadata" : { "name" : "a" } , "y":1}""",
        """{ "kind":"Pod", "x":{"metadata":{}}, "metadata" : {"resourceVersion":"7", "name" : "a" } , "y":1}""")]
    [InlineData("""{"metadata":{"labels":{"resourceVersion":"no"}}}""", """{"metadata":{"resourceVersion":"7","labels":{"resourceVersion":"no"}}}""")]
    public void The_resource_version_is_written_into_the_metadata(string stored, string served)
    {
        Assert.Equal(served, Encoding.UTF8.GetString(StoredObject.WithResourceVersion(Encoding.UTF8.GetBytes(stored), 7)));
    }

    [Fact]
    public void The_metadata_is_read_on_the_way()
    {
        var stored = """{"metadata":{"labels":{"app":"w\u00e9b","tier":""},"annotations":{"a":{}},"namespace":"ns","name":"n\"1"},"spec":{}}"""u8;

        StoredObject.WithResourceVersion(stored, 1, out var metadata);

        Assert.Equal(("ns", "n\"1", 2, "wéb", ""), (
            metadata.Namespace, metadata.Name, metadata.Labels.Count, metadata.Labels["app"], metadata.Labels["tier"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"metadata":7}""")]
    [InlineData("""{"metadata":{"name":7}}""")]
    [InlineData("""{"metadata":{"name":"a" """)]
    public void What_is_no_object_with_metadata_is_refused(string stored)
    {
        Assert.ThrowsAny<JsonException>(() => StoredObject.WithResourceVersion(Encoding.UTF8.GetBytes(stored), 7));
    }
}
