using Strata.ApiServer.Cache;

namespace Strata.ApiServer.Tests.Cache;

public sealed class SelectableFieldsTests
{
    [Fact]
    public void Fields_are_found_by_path_and_fall_back_to_their_default()
    {
        var fields = new SelectableFields(
            new SelectableField("spec.nodeName"), new SelectableField("spec.unschedulable", "false"),
            new SelectableField("spec.hostNetwork", "false"), new SelectableField("status.phase"), new SelectableField("type"));
        var json = """
            {"metadata":{"name":"a","namespace":"ns","x":[{"name":"no"}]},"type":"T","count":3,
             "spec":{"containers":[{"nodeName":"no"}],"nodeName":"n1","hostNetwork":true},"status":null}
            """u8.ToArray();

        var found = fields.Read(json);

        Assert.Equal(
            [
                ("metadata.name", "a"), ("metadata.namespace", "ns"), ("spec.hostNetwork", "true"), ("spec.nodeName", "n1"),
                ("spec.unschedulable", "false"), ("status.phase", ""), ("type", "T"),
            ],
            found.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }
}
