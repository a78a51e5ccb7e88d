using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Protobuf;

namespace Strata.Api.Tests.Protobuf;

public sealed class KubeProtobufTests
{
    public static TheoryData<string> Captured => [.. Directory.GetFiles(TestData.Folder("protobuf"), "*.b64").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Captured))]
    public void A_body_captured_from_kubectl_decodes_to_the_json_that_kubectl_prints(string name)
    {
        // *.b64 is what kubectl 1.32 sent for "kubectl create ..."; *.json what the same command prints with --dry-run=client -o json.
        var expected = JsonNode.Parse(TestData.Bytes("protobuf", name + ".json"))!.AsObject();
        JsonNormalize.DropNulls(expected);
        Tree.Same(expected, KubeProtobuf.Decode(Frame(name), null, null));
    }

    [Fact]
    public void The_frame_is_recognised_by_its_first_bytes()
    {
        Assert.True(KubeProtobuf.IsFramed(Frame("namespace")));
        Assert.False(KubeProtobuf.IsFramed("{}"u8));
        Assert.False(KubeProtobuf.IsFramed([]));
    }

    [Fact]
    public void Delete_options_decode_in_any_group_version()
    {
        var options = new ProtoWriter().Varint(1, 0).Message(2, new ProtoWriter().Text(1, "u-1")).Text(4, "Background").Text(5, "All");
        Tree.Same(
            """{"kind":"DeleteOptions","apiVersion":"apps/v1","gracePeriodSeconds":0,"preconditions":{"uid":"u-1"},"propagationPolicy":"Background","dryRun":["All"]}""",
            KubeProtobuf.Decode(ProtoWriter.Frame("apps/v1", "DeleteOptions", options), null, null));
    }

    [Fact]
    public void A_frame_without_type_takes_the_callers_word()
    {
        var lease = new ProtoWriter().Message(1, new ProtoWriter().Text(1, "n1")).Message(2, new ProtoWriter()
            .Text(1, "n1").Varint(2, 40).Message(4, new ProtoWriter().Varint(1, 1_767_225_600).Varint(2, 123_456_789)));
        Tree.Same(
            """{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"n1"},"spec":{"holderIdentity":"n1","leaseDurationSeconds":40,"renewTime":"2026-01-01T00:00:00.123456Z"}}""",
            KubeProtobuf.Decode(ProtoWriter.Frame("", "", lease), "coordination.k8s.io/v1", "Lease"));
    }

    [Fact]
    public void Owner_references_times_and_managed_fields_decode()
    {
        var metadata = new ProtoWriter()
            .Text(1, "a").Message(8, new ProtoWriter().Varint(1, 1_767_225_600)).Message(9, new ProtoWriter())
            .Message(13, new ProtoWriter().Text(5, "apps/v1").Text(1, "ReplicaSet").Text(3, "rs").Text(4, "u").Varint(6, 1))
            .Message(17, new ProtoWriter().Text(1, "me").Message(7, new ProtoWriter().Text(1, """{"f:spec":{}}""")));
        Tree.Same(
            """
            {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","creationTimestamp":"2026-01-01T00:00:00Z",
             "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","uid":"u","controller":true}],
             "managedFields":[{"manager":"me","fieldsV1":{"f:spec":{}}}]}}
            """,
            KubeProtobuf.Decode(ProtoWriter.Frame("v1", "ConfigMap", new ProtoWriter().Message(1, metadata)), null, null));
    }

    [Fact]
    public void Json_schema_unions_decode_to_their_json_form()
    {
        var text = new ProtoWriter().Text(5, "string");
        var schema = new ProtoWriter().Text(5, "object")
            .Message(24, new ProtoWriter().Message(1, text))
            .Message(30, new ProtoWriter().Varint(1, 1))
            .Message(29, new ProtoWriter().Text(1, "a").Message(2, new ProtoWriter().Message(30, new ProtoWriter().Varint(1, 0).Message(2, text)).Message(8, new ProtoWriter().Text(1, "[1]"))));
        var version = new ProtoWriter().Text(1, "v1").Message(4, new ProtoWriter().Message(1, schema));
        var decoded = KubeProtobuf.Decode(ProtoWriter.Frame("apiextensions.k8s.io/v1", "CustomResourceDefinition", new ProtoWriter().Message(2, new ProtoWriter().Message(7, version))), null, null);
        Tree.Same(
            """{"type":"object","items":{"type":"string"},"additionalProperties":true,"properties":{"a":{"additionalProperties":{"type":"string"},"default":[1]}}}""",
            decoded["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]);
    }

    [Fact]
    public void Fields_of_newer_clients_are_skipped()
    {
        var configMap = new ProtoWriter().Text(900, "new").Varint(901, 5).Message(2, new ProtoWriter().Text(1, "k").Text(2, "v"));
        Tree.Same("""{"kind":"ConfigMap","apiVersion":"v1","data":{"k":"v"}}""", KubeProtobuf.Decode(ProtoWriter.Frame("v1", "ConfigMap", configMap), null, null));
    }

    [Fact]
    public void An_unknown_kind_is_a_bad_request() =>
        Assert.Equal(
            "no kind \"Gizmo\" is registered for version \"v1\"",
            Assert.Throws<ApiException>(() => KubeProtobuf.Decode(ProtoWriter.Frame("v1", "Gizmo", new ProtoWriter()), null, null)).Message);

    [Fact]
    public void Bytes_cut_short_are_a_bad_request_never_a_crash()
    {
        var frame = Frame("deployment");
        for (var length = 0; length < frame.Length; length++)
        {
            try
            {
                KubeProtobuf.Decode(frame.AsSpan(0, length), "v1", "Pod");
            }
            catch (ApiException exception)
            {
                Assert.Equal(400, exception.Status.Code);
            }
        }
    }

    [Fact]
    public void Damaged_bytes_are_a_bad_request_never_a_crash()
    {
        var frame = Frame("deployment");
        Gen.Select(Gen.Int[4, frame.Length - 1], Gen.Byte).Sample(
            (position, value) =>
            {
                var damaged = (byte[])frame.Clone();
                damaged[position] = value;
                try
                {
                    KubeProtobuf.Decode(damaged, null, null);
                }
                catch (ApiException exception)
                {
                    Assert.Equal(400, exception.Status.Code);
                }
            },
            iter: 5000);
    }

    private static byte[] Frame(string name) => Convert.FromBase64String(Encoding.ASCII.GetString(TestData.Bytes("protobuf", name + ".b64")));
}
