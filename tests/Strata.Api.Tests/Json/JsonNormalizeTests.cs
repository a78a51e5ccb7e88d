using Strata.Api.Json;
using Strata.Api.Schema;

namespace Strata.Api.Tests.Json;

public sealed class JsonNormalizeTests
{
    [Fact]
    public void Null_members_vanish_at_every_depth()
    {
        var tree = Tree.Object("""{"a":null,"b":{"c":null,"d":[{"e":null,"f":1},null]},"g":[]}""");
        JsonNormalize.DropNulls(tree);
        Tree.Same("""{"b":{"d":[{"f":1},null]},"g":[]}""", tree);
    }

    [Fact]
    public void Quantities_and_times_get_their_canonical_form()
    {
        var pod = Tree.Object("""
            {"metadata":{"creationTimestamp":"2026-01-01T02:00:00.5+02:00","labels":{"a":null,"b":"1024Mi"}},
             "spec":{"nodeName":null,"containers":[{"name":"c","resources":{"limits":{"cpu":0.5,"memory":"1024Mi","pods":1,"x":"2"}}}]}}
            """);
        JsonNormalize.Canonicalize(pod, SchemaTable.Default.ForKind("v1", "Pod")!);
        Tree.Same(
            """
            {"metadata":{"creationTimestamp":"2026-01-01T00:00:00Z","labels":{"a":"","b":"1024Mi"}},
             "spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"500m","memory":"1Gi","pods":"1","x":"2"}}}]}}
            """,
            pod);
    }

    [Fact]
    public void Micro_times_get_six_digits()
    {
        var lease = Tree.Object("""{"spec":{"renewTime":"2026-01-01T00:00:00Z","acquireTime":"2026-01-01T00:00:00.123456789Z"}}""");
        JsonNormalize.Canonicalize(lease, SchemaTable.Default.ForKind("coordination.k8s.io/v1", "Lease")!);
        Tree.Same("""{"spec":{"renewTime":"2026-01-01T00:00:00.000000Z","acquireTime":"2026-01-01T00:00:00.123456Z"}}""", lease);
    }

    [Fact]
    public void Raw_json_keeps_its_nulls()
    {
        var revision = Tree.Object("""{"data":{"spec":{"$patch":"replace","a":null}},"revision":2}""");
        JsonNormalize.Canonicalize(revision, SchemaTable.Default.ForKind("apps/v1", "ControllerRevision")!);
        Tree.Same("""{"data":{"spec":{"$patch":"replace","a":null}},"revision":2}""", revision);
    }
}
