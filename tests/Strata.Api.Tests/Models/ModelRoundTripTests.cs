using System.Reflection;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Strata.Api.Json;
using Strata.Api.Models;

namespace Strata.Api.Tests.Models;

public sealed class ModelRoundTripTests
{
    public static TheoryData<Type> Kinds => [.. typeof(IKubeObject).Assembly.GetTypes().Where(type => type is { IsClass: true } && type.IsAssignableTo(typeof(IKubeObject))).OrderBy(type => type.Name, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_known_field_of_any_kind_is_lost_or_changed(Type type)
    {
        var info = (KindInfo)type.GetProperty(nameof(Pod.Info), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        var sample = SampleObjects.Of(info.ApiVersion, info.Kind);
        var written = typeof(ModelRoundTripTests).GetMethod(nameof(RoundTrip), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, [JsonBytes.Serialize(sample)]);
        Tree.Same(sample, JsonNode.Parse((byte[])written!));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_empty_object_of_any_kind_reads(Type type)
    {
        var written = typeof(ModelRoundTripTests).GetMethod(nameof(RoundTrip), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, ["{}"u8.ToArray()]);
        Assert.NotNull(JsonNode.Parse((byte[])written!)!["kind"]);
    }

    [Fact]
    public void The_public_client_reads_what_the_models_write()
    {
        Peer<Strata.Api.Models.Pod, V1Pod>();
        Peer<Strata.Api.Models.Deployment, V1Deployment>();
        Peer<Strata.Api.Models.Service, V1Service>();
        Peer<Strata.Api.Models.Node, V1Node>();
        Peer<Strata.Api.Models.EndpointSlice, V1EndpointSlice>();
        Peer<Strata.Api.Models.Secret, V1Secret>();
        Peer<Strata.Api.Models.Job, V1Job>();
        Peer<Strata.Api.Models.StatefulSet, V1StatefulSet>();
    }

    [Fact]
    public void Unknown_members_are_skipped_and_null_is_absent()
    {
        var pod = ModelJson.Parse<Strata.Api.Models.Pod>("""{"kind":"Pod","x":{"y":[1]},"metadata":{"name":"a","labels":null,"zzz":1},"spec":{"containers":null,"nodeName":null},"status":null}"""u8);
        Assert.Equal("a", pod.Metadata.Name);
        Assert.Empty(pod.Spec.Containers);
        Assert.Equal("", pod.Spec.NodeName);
    }

    [Fact]
    public void Escaped_names_and_values_are_read()
    {
        var map = ModelJson.Parse<Strata.Api.Models.ConfigMap>("""{"m\u0065tadata":{"n\u0061me":"\u0061"},"data":{"k\u0065y":"line\n\u00e9"}}"""u8);
        Assert.Equal("a", map.Metadata.Name);
        Assert.Equal("line\né", map.Data["key"]);
    }

    [Theory]
    [InlineData("""{"metadata":{"name":5}}""")]
    [InlineData("""{"spec":{"containers":{}}}""")]
    [InlineData("""{"metadata":{"creationTimestamp":"noon"}}""")]
    [InlineData("""{"metadata":{"creationTimestamp":"2026-01-01T00:00:00"}}""")]
    [InlineData("[]")]
    public void A_value_of_the_wrong_type_is_an_error(string json) =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => ModelJson.Parse<Strata.Api.Models.Pod>(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Content_is_compared_deeply()
    {
        var left = new Strata.Api.Models.ConfigMap { Data = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } };
        var right = new Strata.Api.Models.ConfigMap { Data = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } };
        Assert.True(ModelJson.ContentEquals(left, right));
        Assert.False(ModelJson.ContentEquals(left, right with { Data = new Dictionary<string, string> { ["a"] = "1" } }));
        Assert.False(ModelJson.ContentEquals(left, null));
    }

    private static byte[] RoundTrip<T>(byte[] json)
        where T : class, IJsonModel<T> => ModelJson.Serialize(ModelJson.Parse<T>(json));

    // What our models write, the client's models read and write back the same, apart from fields that one of the two versions lacks.
    private static void Peer<TOurs, TTheirs>()
        where TOurs : class, IKubeObject<TOurs>
    {
        var ours = ModelJson.Serialize(ModelJson.Parse<TOurs>(JsonBytes.Serialize(SampleObjects.Of(TOurs.Info.ApiVersion, TOurs.Info.Kind))));
        var theirs = KubernetesJson.Serialize(KubernetesJson.Deserialize<TTheirs>(System.Text.Encoding.UTF8.GetString(ours)));
        var back = ModelJson.Serialize(ModelJson.Parse<TOurs>(System.Text.Encoding.UTF8.GetBytes(theirs)));
        Tree.Same(JsonNode.Parse(ours), JsonNode.Parse(back));
    }
}
