using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.Arm;
using Strata.Arm.Client;
using Strata.Pods.Environment;
using Strata.Pods.References;
using Strata.Pods.Volumes;
using Strata.VirtualNode.Providers;
using Strata.VirtualNode.Providers.Arm;
using Strata.VirtualNode.Resolution;
using Strata.VirtualNode.Tests.Fakes;

namespace Strata.VirtualNode.Tests;

/// <summary>Pods and the container groups they become: <c>testdata/&lt;case&gt;/in.yaml</c> and <c>out.json</c>. Run with STRATA_UPDATE_GOLDEN=1 to write the latter anew, then read
/// the difference.</summary>
public sealed class TranslationTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "testdata")).Select(folder => Path.GetFileName(folder)!).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_pod_becomes_the_group_on_record(string name)
    {
        var input = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "testdata", name, "in.yaml"));
        var actual = Show(new GroupTranslator(Options(isPlain: input.StartsWith("# options: plain", StringComparison.Ordinal)), new ClusterScope("cluster-1", Given.NodeName))
            .Translate(await ResolveAsync(input)));
        if (Environment.GetEnvironmentVariable("STRATA_UPDATE_GOLDEN") is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(SourceFolder(), "testdata", name, "out.json"), actual);
            return;
        }

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "testdata", name, "out.json")), actual);
    }

    [Fact]
    public void Names_of_groups_are_valid_and_differ_where_only_the_uid_does()
    {
        var names = new[] { ("a-b", "c", "1"), ("a", "b-c", "2"), ("a", "b-c", "3"), ("...", "---", "4"), (new string('n', 63), new string('p', 253), "5") }
            .Select(pod => GroupIdentity.NameOf(new PodIdentity(pod.Item1, pod.Item2, pod.Item3))).ToArray();

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", name));
    }

    private static ArmProviderOptions Options(bool isPlain) => new()
    {
        Client = new ArmClientOptions { Endpoint = new Uri("https://localhost"), GetTokenAsync = _ => ValueTask.FromResult("") },
        SubscriptionId = "s",
        ResourceGroup = "g",
        Location = "local",
        UsePodExtension = !isPlain,
    };

    private static async Task<ResolvedPod> ResolveAsync(string yaml)
    {
        var objects = yaml.Split("\n---\n").Select(document => YamlJson.Parse(Encoding.UTF8.GetBytes(document), null)).ToArray();
        T Parse<T>(JsonNode tree)
            where T : class, IJsonModel<T> => ModelJson.Parse<T>(JsonSerializer.SerializeToUtf8Bytes(tree));
        var references = new ReferencedObjects(
            objects.Where(tree => (string?)tree["kind"] == "ConfigMap").Select(Parse<ConfigMap>).ToDictionary(found => found.Metadata.Name),
            objects.Where(tree => (string?)tree["kind"] == "Secret").Select(Parse<Secret>).ToDictionary(found => found.Metadata.Name), []);
        var clock = new FakeTimeProvider();
        var facts = new PodRuntimeFacts([], ["192.0.2.1"], new Dictionary<string, Quantity> { ["cpu"] = Quantity.FromValue(10_000) });
        var resolver = new PodResolver(new GivenObjects(references), new TokenCache(new FakeCluster(clock).Client, clock), new PodNetworkOptions("10.96.0.10"), facts);
        return await resolver.ResolveAsync(Parse<Pod>(objects[0]), CancellationToken.None);
    }

    // Contents of protected settings and secret volumes are shown as the text they are.
    private static string Show(TranslatedPod pod)
    {
        var shown = new JsonObject();
        if (pod.Problems.Count > 0)
        {
            shown["problems"] = new JsonArray([.. pod.Problems.Select(problem => (JsonNode)problem)]);
        }
        else
        {
            var group = JsonNode.Parse(ArmJson.ToBytes(pod.Group))!;
            Decode(group["properties"]!["extensions"]?[0]?["properties"]?["protectedSettings"]?["data"]);
            foreach (var volume in group["properties"]!["volumes"]!.AsArray())
            {
                Decode(volume!["secret"]);
            }

            shown["notes"] = new JsonArray([.. pod.Notes.Select(note => (JsonNode)note)]);
            shown["name"] = GroupIdentity.NameOf(GroupIdentity.Read(pod.Group, new ClusterScope("cluster-1", Given.NodeName))!);
            shown["group"] = group;
        }

        return shown.ToJsonString(Readable) + "\n";
    }

    private static void Decode(JsonNode? data)
    {
        foreach (var (key, value) in (data as JsonObject ?? []).ToArray())
        {
            data![key] = Encoding.UTF8.GetString(Convert.FromBase64String((string)value!));
        }
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    private sealed class GivenObjects(ReferencedObjects objects) : IPodObjects
    {
        public Task<ReferencedObjects> GetAsync(Pod pod, CancellationToken cancellationToken) => Task.FromResult(objects);

        public void Release(string podUid)
        {
            // Nothing is held.
        }
    }
}
