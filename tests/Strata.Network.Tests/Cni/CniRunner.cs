using System.Diagnostics;
using System.Text.Json.Nodes;
using Strata.Network.Tests.Linux;

namespace Strata.Network.Tests.Cni;

/// <summary>Runs the plug-ins of a configuration list as containerd does (CNI spec 1.0.0, section 4), inside a test's host namespace.</summary>
internal sealed class CniRunner(NetNamespace host, string configFile)
{
    private const string PluginDirectory = "/usr/lib/cni";

    public static bool Supported => NetNamespace.Supported && File.Exists(PluginDirectory + "/bridge") && File.Exists(PluginDirectory + "/host-local");

    public JsonNode? Add(NetNamespace pod, params (int Host, int Container)[] ports)
    {
        JsonNode? result = null;
        foreach (var plugin in Plugins(ports))
        {
            result = Execute("ADD", pod, plugin, result);
        }
        return result;
    }

    public void Delete(NetNamespace pod, JsonNode? result, params (int Host, int Container)[] ports)
    {
        foreach (var plugin in Plugins(ports).Reverse())
        {
            Execute("DEL", pod, plugin, result);
        }
    }

    private JsonObject[] Plugins((int Host, int Container)[] ports)
    {
        var list = JsonNode.Parse(File.ReadAllText(configFile))!.AsObject();
        return [.. list["plugins"]!.AsArray().Select(node =>
        {
            var plugin = node!.DeepClone().AsObject();
            plugin["cniVersion"] = list["cniVersion"]!.DeepClone();
            plugin["name"] = list["name"]!.DeepClone();
            if (plugin.Remove("capabilities"))
            {
                plugin["runtimeConfig"] = new JsonObject
                {
                    ["portMappings"] = new JsonArray([.. ports.Select(static p =>
                        (JsonNode)new JsonObject { ["hostPort"] = p.Host, ["containerPort"] = p.Container, ["protocol"] = "tcp" })]),
                };
            }
            return plugin;
        })];
    }

    private JsonNode? Execute(string command, NetNamespace pod, JsonObject plugin, JsonNode? previous)
    {
        plugin["prevResult"] = previous?.DeepClone();
        var start = new ProcessStartInfo("ip", ["netns", "exec", host.Name, Path.Combine(PluginDirectory, (string)plugin["type"]!)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["CNI_COMMAND"] = command;
        start.Environment["CNI_CONTAINERID"] = pod.Name;
        start.Environment["CNI_NETNS"] = "/run/netns/" + pod.Name;
        start.Environment["CNI_IFNAME"] = "eth0";
        start.Environment["CNI_PATH"] = PluginDirectory;
        using var process = Process.Start(start)!;
        process.StandardInput.Write(plugin.ToJsonString());
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{plugin["type"]} {command}: {output}");
        return output.Length == 0 ? null : JsonNode.Parse(output);
    }
}
