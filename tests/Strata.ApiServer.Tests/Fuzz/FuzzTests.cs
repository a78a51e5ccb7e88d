using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Schema;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Fuzz;

/// <summary>Random input of every sort. A failure prints its seed and case; <c>STRATA_FUZZ_SEED</c> repeats it, <c>STRATA_FUZZ_CASES</c> asks for more cases.</summary>
public sealed class FuzzTests
{
    private const int DefaultCases = 1500;

    private static readonly string[] Bodies = ["application/json", "application/json", "application/yaml", "application/vnd.kubernetes.protobuf", null!, "text/plain", "application/json; charset=utf-16", "/", "application/vnd.kubernetes.protobuf;type=watch"];

    private static readonly string[] Patches =
    [
        "application/merge-patch+json", "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/apply-patch+yaml",
        "application/json-patch+json", "application/apply-patch+cbor", "application/json", "",
    ];

    private static readonly string[] Subresources = ["", "", "", "/status", "/scale", "/finalize", "/approval", "/binding", "/eviction", "/token", "/resize", "/ephemeralcontainers", "/log", "/exec", "/attach", "/portforward", "/nothing"];

    private static readonly string[] Parameters =
    [
        "labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "resourceVersionMatch", "dryRun", "fieldManager", "fieldValidation", "force", "pretty", "sendInitialEvents", "allowWatchBookmarks",
        "includeObject", "gracePeriodSeconds", "propagationPolicy", "orphanDependents", "ignoreStoreReadErrorWithClusterBreakingPotential", "container", "command", "stdin", "tailLines", "sinceTime", "sinceSeconds", "limitBytes", "ports", "path", "timeout", "timeoutSeconds", "exact", "export", "watch",
    ];

    private static readonly string[] Values =
    [
        "", "0", "1", "-1", "true", "false", "All", "All,All", "Strict", "Exact", "NotOlderThan", "abc", "99999999999999999999", "a=b", "a in (b,c)", "a notin ()", "!a", "a!=", "a==b,,c", "metadata.name=a", "metadata.name!=a",
        "spec.nodeName=", "status.phase!=Running", "metadata.namespace=default,metadata.name=a", "x.y=z", "=", "a\\,b=c", "a in (", "((", "MSAxIGE", "MSAwIGRlZmF1bHQvYQ", "MSA5OTk5OTk5OTk5OTk5OTk5OTk5IGE", "!!!", "Background", "Foreground", "Orphan", "%00", "é", "2026-01-01T00:00:00Z", "1s", "80", "Object",
    ];

    private static readonly string[] Paths =
    [
        "/", "//", "/api", "/api/", "/api/v1/", "/api/v2", "/apis/apps", "/apis//v1", "/apis/apps/v1/namespaces/default", "/api/v1/namespaces//pods", "/api/v1/namespaces/default//", "/api/v1/namespaces/%2e%2e/pods",
        "/api/v1/namespaces/default/pods/a%2Fb", "/api/v1/namespaces/default/pods/a/proxy/../..", "/api/v1/watch/pods", "/api/v1/watch/namespaces/default/pods/a", "/api/v1/namespaces/default/services/https:a:443/proxy/x?y=z",
        "/api/v1/nodes/a/proxy/logs", "/api/v1/namespaces/default/pods/a:99999/proxy", "/openapi/v2", "/openapi/v3", "/openapi/v3/apis/apps/v1?hash=x", "/openapi/v3/nope", "/openapi/v3/%00", "/version", "/version/x", "/healthz/x", "/readyz?verbose&exclude=%00", "/livez?exclude=a&exclude=b", "/metrics",
        "/.well-known/openid-configuration", "/openid/v1/jwks", "/logs", "/debug/pprof", "/api/v1/componentstatuses", "/api/v1/componentstatuses/%ff", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
        "/apis/authorization.k8s.io/v1/subjectaccessreviews", "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews", "/apis/authentication.k8s.io/v1/tokenreviews", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "/api/v1/namespaces/default/bindings", $"/api/v1/namespaces/default/configmaps/{new string('x', 2000)}", $"/api/v1/namespaces/{new string('x', 2000)}/configmaps",
    ];

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"];

    [Fact]
    public Task Objects_of_every_kind_damaged_in_every_way() => RunAsync(async (server, random, mutation, what) =>
    {
        var seed = mutation.Pick(server.Seeds);
        var isPut = random.Next(3) == 0;
        var source = (JsonObject)seed.Body.DeepClone();
        source["metadata"]!["name"] = isPut ? seed.Name : random.Next(3) == 0 ? mutation.Text() : seed.Name + random.Next(1_000_000).ToString(CultureInfo.InvariantCulture);
        var (body, contentType) = Body(source, random, mutation);
        var path = (isPut ? seed.Path : seed.Collection) + (random.Next(4) == 0 ? Query(random, mutation) : "");
        await server.SendAsync(what, isPut ? "PUT" : "POST", path, body, contentType);
    });

    [Fact]
    public Task Patches_of_every_type() => RunAsync(async (server, random, mutation, what) =>
    {
        var seed = mutation.Pick(server.Seeds);
        var contentType = mutation.Pick(Patches);
        var part = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["a"] = "b" }, ["annotations"] = new JsonObject { ["c"] = random.Next(100).ToString(CultureInfo.InvariantCulture) } } };
        part["apiVersion"] = seed.Body["apiVersion"]!.DeepClone();
        part["kind"] = seed.Body["kind"]!.DeepClone();
        JsonNode? patch = contentType == "application/json-patch+json" ? new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Operation(seed, random, mutation))])
            : random.Next(3) switch { 0 => part, 1 => mutation.Mutate(part), _ => mutation.Mutate(seed.Body) };
        var body = Encoding.UTF8.GetBytes(patch?.ToJsonString() ?? "null");
        body = random.Next(8) == 0 ? mutation.Damage(body) : body;
        var query = random.Next(2) == 0 ? "?fieldManager=fuzz" + (random.Next(2) == 0 ? "&force=true" : "") : Query(random, mutation);
        var code = await server.SendAsync(what, "PATCH", seed.Path + (random.Next(3) == 0 ? mutation.Pick(Subresources) : "") + query, body, contentType);
        if (code == 404 || code < 300)
        {
            await server.RestoreAsync(seed);
        }
    });

    [Fact]
    public Task Subresources_and_deletions() => RunAsync(async (server, random, mutation, what) =>
    {
        var seed = mutation.Pick(server.Seeds);
        var method = mutation.Pick(Methods);
        var sub = mutation.Pick(Subresources);
        var collection = random.Next(6) == 0 && seed.Strategy.Kind.Kind is not ("Namespace" or "ServiceAccount");
        var path = (collection ? seed.Collection : seed.Path + sub) + Query(random, mutation);
        var (body, contentType) = method is "GET" or "HEAD" ? (null, null) : Body(Options(random, mutation), random, mutation);
        await server.SendAsync(what, method, path, body, contentType);
        if (method is "DELETE" or "POST")
        {
            await server.RestoreAsync(seed);
        }
    });

    [Fact]
    public Task Reads_with_any_parameters_and_headers() => RunAsync(async (server, random, mutation, what) =>
    {
        var seed = mutation.Pick(server.Seeds);
        var path = random.Next(3) == 0 ? mutation.Pick(Paths) : random.Next(2) == 0 ? seed.Collection : seed.Path;
        path += path.Contains('?', StringComparison.Ordinal) ? "" : Query(random, mutation);
        var method = random.Next(4) == 0 ? mutation.Pick(Methods) : "GET";
        var (body, contentType) = method is "POST" or "PUT" or "PATCH" ? Body(seed.Body, random, mutation) : (null, null);
        await server.SendAsync(what, method, path, body, contentType, Headers(random, mutation));
        if (method == "DELETE")
        {
            await server.RestoreAsync(seed);
        }
    });

    private static async Task RunAsync(Func<FuzzedServer, Random, TreeMutation, string, Task> step)
    {
        var seed = Number("STRATA_FUZZ_SEED") ?? 20_260_101;
        var cases = Number("STRATA_FUZZ_CASES") ?? DefaultCases;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}, {cases} cases");
        await using var server = await FuzzedServer.StartAsync();
        for (var index = 0; index < cases; index++)
        {
            // Each case has a Random of its own, so that it can be repeated alone.
            var random = new Random(unchecked((seed * 1_000_003) + index));
            await step(server, random, new TreeMutation(random), $"seed {seed} case {index}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"accepted {server.Accepted}, refused {server.Refused}");
        Assert.True(server.Refused > cases / 10 && server.Accepted > cases / 50, $"one-sided: accepted {server.Accepted}, refused {server.Refused}");
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static (byte[]? Body, string? ContentType) Body(JsonObject source, Random random, TreeMutation mutation)
    {
        var contentType = mutation.Pick(Bodies);
        var value = random.Next(10) == 0 ? source : mutation.Mutate(source);
        var bytes = random.Next(20) == 0 ? mutation.Noise()
            : contentType?.Contains("protobuf", StringComparison.Ordinal) == true ? Frame(value as JsonObject ?? source, source)
            : Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null");
        return (random.Next(5) == 0 ? mutation.Damage(bytes) : bytes, contentType);
    }

    private static byte[] Frame(JsonObject value, JsonObject source)
    {
        var (apiVersion, kind) = (source["apiVersion"]!.GetValue<string>(), source["kind"]!.GetValue<string>());
        value["apiVersion"] = apiVersion;
        value["kind"] = kind;
        return SchemaTable.Default.ForKind(apiVersion, kind) is null ? Encoding.UTF8.GetBytes(value.ToJsonString()) : ProtobufEncoder.Encode(value);
    }

    private static JsonObject Options(Random random, TreeMutation mutation) => random.Next(4) switch
    {
        0 => new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["gracePeriodSeconds"] = random.Next(-2, 3), ["propagationPolicy"] = mutation.Pick(Values), ["preconditions"] = new JsonObject { ["uid"] = mutation.Text() } },
        1 => new JsonObject { ["apiVersion"] = "policy/v1", ["kind"] = "Eviction", ["metadata"] = new JsonObject { ["name"] = "a" }, ["deleteOptions"] = new JsonObject { ["gracePeriodSeconds"] = 0 } },
        2 => new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Binding", ["metadata"] = new JsonObject { ["name"] = "a" }, ["target"] = new JsonObject { ["kind"] = "Node", ["name"] = mutation.Text() } },
        _ => new JsonObject { ["apiVersion"] = "autoscaling/v1", ["kind"] = "Scale", ["metadata"] = new JsonObject { ["name"] = "a" }, ["spec"] = new JsonObject { ["replicas"] = random.Next(-1, 3) } },
    };

    private static JsonNode? Operation(Seed seed, Random random, TreeMutation mutation)
    {
        if (random.Next(10) == 0)
        {
            return mutation.Any();
        }

        var path = new StringBuilder();
        JsonNode? at = seed.Body;
        while (at is JsonObject { Count: > 0 } members && random.Next(4) != 0)
        {
            var key = mutation.Pick(members.Select(static member => member.Key).ToList());
            path.Append('/').Append(key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
            at = members[key];
            if (at is JsonArray { Count: > 0 } items)
            {
                path.Append('/').Append(mutation.Pick(["0", "-", "-1", "00", "99999999999", "1"]));
                at = items[0];
            }
        }

        return new JsonObject
        {
            ["op"] = mutation.Pick(["add", "replace", "add", "remove", "replace", "move", "copy", "test", "", "ADD"]),
            ["path"] = path.ToString() + mutation.Pick(["", "", "", "", "", "", "/", "/~2", "~"]),
            ["from"] = mutation.Pick(["", "/metadata", "/spec", "/metadata/name", "x"]),
            ["value"] = random.Next(2) == 0 ? at?.DeepClone() : mutation.Any(),
        };
    }

    private static string Query(Random random, TreeMutation mutation)
    {
        var query = new StringBuilder();
        for (var count = random.Next(4); count > 0; count--)
        {
            var value = random.Next(6) == 0 ? mutation.Text() : mutation.Pick(Values);
            query.Append(query.Length == 0 ? '?' : '&').Append(mutation.Pick(Parameters)).Append('=').Append(random.Next(10) == 0 ? "%zz%" : Uri.EscapeDataString(value.Length > 500 ? value[..500] : value));
        }

        return query.ToString();
    }

    private static IEnumerable<(string Name, string Value)> Headers(Random random, TreeMutation mutation)
    {
        if (random.Next(2) == 0)
        {
            yield return ("Accept", mutation.Pick(
            [
                "application/json", "*/*", "", "application/yaml", "application/vnd.kubernetes.protobuf", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
                "application/json;stream=watch", ";;;", "application/json;q=x", "a/b,c/d", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", "text/html", new string('a', 3000),
            ]));
        }

        if (random.Next(4) == 0)
        {
            yield return (mutation.Pick(["Authorization", "Impersonate-User", "Impersonate-Group", "Impersonate-Extra-x", "Impersonate-Uid", "If-None-Match", "Audit-ID", "User-Agent", "Accept-Encoding"]),
                mutation.Pick(["Bearer x", "Bearer a.b.c", "Bearer ", "Basic eDp5", "system:masters", "nobody", "", "\"x\"", "W/\"", "gzip;q=9", "x/y (z)"]));
        }
    }
}
