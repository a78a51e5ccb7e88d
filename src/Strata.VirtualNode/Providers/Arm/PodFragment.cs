using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.Arm.ContainerGroups;
using Strata.Pods.Network;
using Strata.Pods.Volumes;
using Strata.VirtualNode.Resolution;
using Volume = Strata.Api.Models.Volume;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>The part of a pod that travels in the extension <c>strata.dev/pod</c>.</summary>
/// <remarks>It is the pod's spec less what is known to be settled elsewhere, not a list of what is known to be supported: a field that nobody here has heard of reaches the
/// service, which refuses what it does not do. So nothing is lost in silence.</remarks>
internal static class PodFragment
{
    // Scheduling, identity and admission are the cluster's business and done with; the others are translated below or stand in the group.
    private static readonly string[] SettledInSpec =
    [
        "nodeName", "nodeSelector", "affinity", "tolerations", "schedulerName", "priority", "priorityClassName", "preemptionPolicy", "topologySpreadConstraints",
        "schedulingGates", "schedulingGroup", "evictionResponders", "readinessGates", "overhead", "serviceAccountName", "serviceAccount", "automountServiceAccountToken", "enableServiceLinks",
        "imagePullSecrets", "restartPolicy", "os", "hostname", "dnsPolicy", "dnsConfig", "volumes", "hostUsers", "setHostnameAsFQDN",

        // DNS names of the pod come from the cluster's EndpointSlices; a host's file would name the service's namespace instead of the pod's.
        "subdomain",
    ];

    private static readonly string[] SettledInContainer = ["image", "resources", "resizePolicy", "env", "envFrom"];

    public static GroupExtension Build(ResolvedPod pod)
    {
        var data = new ProtectedData();
        var spec = Tree(pod.Pod.Spec);
        Remove(spec, SettledInSpec);

        // A pod's name may have dots, which a kubelet lets pass into the host name and the API does not.
        spec["hostname"] = PodHostname.Short(pod.Pod).Replace('.', '-');
        AddDns(spec, pod);
        foreach (var container in Items(spec["containers"]).Concat(Items(spec["initContainers"])))
        {
            Remove(container, SettledInContainer);
            var name = (string)container["name"]!;
            if (FragmentVariables.AreNeeded(pod.Environments[name]))
            {
                container["env"] = FragmentVariables.Build(name, pod.Environments[name], data);
            }
        }

        if (pod.Pod.Spec.Volumes.Count > 0)
        {
            spec["volumes"] = new JsonArray([.. pod.Pod.Spec.Volumes.Select(volume => (JsonNode)Translate(volume, pod, data))]);
        }

        return PodExtension.Create(new JsonObject { ["spec"] = spec }, data.All);
    }

    // Where the group has no dnsConfig the service's own resolver is used, over which the pod's wishes are laid.
    private static void AddDns(JsonObject spec, ResolvedPod pod)
    {
        if (pod.Dns is null && pod.Pod.Spec.DnsConfig is { } wishes)
        {
            spec["dnsPolicy"] = "Default";
            spec["dnsConfig"] = Tree(wishes);
        }
    }

    private static JsonObject Translate(Volume volume, ResolvedPod pod, ProtectedData data)
    {
        if (!pod.Volumes.TryGetValue(volume.Name, out var content))
        {
            return Tree(volume);
        }

        var items = new JsonArray();
        foreach (var (path, file) in content.Files)
        {
            var key = data.Add($"file.{volume.Name}.{path}", file.Data);
            items.Add((JsonNode)new JsonObject { ["key"] = key, ["path"] = path, ["mode"] = ModeOf(file, pod.Pod.Spec) });
        }

        // No items would mean every key: an empty volume must not show the others' secrets.
        return items.Count == 0
            ? new JsonObject { ["name"] = volume.Name, ["emptyDir"] = new JsonObject() }
            : new JsonObject { ["name"] = volume.Name, ["secret"] = new JsonObject { ["secretName"] = PodExtension.ProtectedSecretName, ["items"] = items } };
    }

    // A token is 0600 because a kubelet gives the file to the pod's one user. Files of a secret belong to root, so that user needs to be let in another way.
    private static int ModeOf(VolumeFile file, PodSpec spec)
    {
        const int OwnerOnly = 0b110_000_000;
        const int Everyone = 0b110_100_100;
        return file.Mode == OwnerOnly && VolumeContentResolver.TokenOwner(spec) is not null ? Everyone : file.Mode;
    }

    private static void Remove(JsonObject tree, string[] names)
    {
        foreach (var name in names)
        {
            tree.Remove(name);
        }
    }

    private static JsonObject Tree<T>(T model)
        where T : class, IJsonModel<T> => JsonNode.Parse(ModelJson.Serialize(model))!.AsObject();

    private static IEnumerable<JsonObject> Items(JsonNode? array) => (array as JsonArray ?? []).OfType<JsonObject>();
}
