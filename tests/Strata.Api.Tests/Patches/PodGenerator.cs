using System.Text.Json.Nodes;

namespace Strata.Api.Tests.Patches;

/// <summary>Pods of few words, so that two of them share and differ in many ways.</summary>
internal static class PodGenerator
{
    public static JsonObject Pod(int seed)
    {
        var random = new Random(seed);
        var metadata = new JsonObject { ["name"] = "p" };
        Maybe(random, metadata, "labels", () => Map(random));
        Maybe(random, metadata, "annotations", () => Map(random));
        Maybe(random, metadata, "finalizers", () => Strings(random, "f"));
        Maybe(random, metadata, "ownerReferences", () => Objects(random, "uid", owner => owner["controller"] = random.Next(2) == 0));
        var spec = new JsonObject { ["containers"] = Objects(random, "name", container => Container(random, container)) };
        Maybe(random, spec, "volumes", () => Objects(random, "name", volume => Volume(random, volume)));
        Maybe(random, spec, "nodeSelector", () => Map(random));
        Maybe(random, spec, "tolerations", () => Objects(random, "key", toleration => toleration["operator"] = Word(random, "o")));
        Maybe(random, spec, "hostAliases", () => Objects(random, "ip", alias => alias["hostnames"] = Strings(random, "h")));
        Maybe(random, spec, "nodeName", () => JsonValue.Create(Word(random, "n")));
        Maybe(random, spec, "securityContext", () => new JsonObject { ["runAsUser"] = random.Next(3) });
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = spec };
    }

    private static void Container(Random random, JsonObject container)
    {
        container["image"] = Word(random, "i");
        Maybe(random, container, "command", () => Strings(random, "c"));
        Maybe(random, container, "env", () => Objects(random, "name", env => env["value"] = Word(random, "v")));
        Maybe(random, container, "volumeMounts", () => Objects(random, "mountPath", mount => mount["name"] = Word(random, "m")));
        Maybe(random, container, "ports", () => new JsonArray([.. Strings(random, "p").Select(JsonNode (name, index) => new JsonObject { ["containerPort"] = 80 + index, ["name"] = (string)name! })]));
        Maybe(random, container, "resources", () => new JsonObject { ["limits"] = Map(random) });
    }

    private static void Volume(Random random, JsonObject volume)
    {
        switch (random.Next(3))
        {
            case 0:
                volume["emptyDir"] = new JsonObject();
                break;
            case 1:
                volume["hostPath"] = new JsonObject { ["path"] = Word(random, "/") };
                break;
            default:
                volume["configMap"] = new JsonObject { ["name"] = Word(random, "cm"), ["items"] = Objects(random, "key", _ => { }) };
                break;
        }
    }

    private static void Maybe(Random random, JsonObject parent, string name, Func<JsonNode> make)
    {
        if (random.Next(3) > 0)
        {
            parent[name] = make();
        }
    }

    private static string Word(Random random, string prefix) => prefix + random.Next(3);

    private static JsonObject Map(Random random) => new(Strings(random, "k").Select(key => KeyValuePair.Create((string)key!, (JsonNode?)JsonValue.Create(Word(random, "v")))));

    private static JsonArray Strings(Random random, string prefix)
    {
        var words = Enumerable.Range(0, 5).Select(index => prefix + index).ToArray();
        random.Shuffle(words);
        return new JsonArray([.. words.Take(random.Next(5)).Select(JsonNode (word) => JsonValue.Create(word))]);
    }

    private static JsonArray Objects(Random random, string key, Action<JsonObject> fill) => new(
    [
        .. Strings(random, key[..1]).Select(JsonNode (name) =>
        {
            var item = new JsonObject { [key] = (string)name! };
            fill(item);
            return item;
        }),
    ]);
}
