using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Tests;

/// <summary>Container groups for tests.</summary>
internal static class Given
{
    public static ContainerGroup Group(string restartPolicy = "Always", double cpu = 1, double memory = 1.5) => new()
    {
        Location = "local",
        Tags = new Dictionary<string, string>(),
        Properties = new ContainerGroupProperties
        {
            OsType = "Linux",
            RestartPolicy = restartPolicy,
            Containers = [Container("web", cpu, memory)],
        },
    };

    public static Container Container(string name, double cpu = 1, double memory = 1.5) => new()
    {
        Name = name,
        Properties = new ContainerProperties
        {
            Image = "busybox:latest",
            Resources = new ContainerResources { Requests = new ResourceAmounts { Cpu = cpu, MemoryInGB = memory } },
        },
    };

    public static ContainerGroup With(this ContainerGroup group, Func<ContainerGroupProperties, ContainerGroupProperties> change) =>
        group with { Properties = change(group.Properties!) };

    public static ContainerGroup WithContainer(this ContainerGroup group, Func<ContainerProperties, ContainerProperties> change) =>
        group.With(p => p with { Containers = [p.Containers![0] with { Properties = change(p.Containers[0].Properties!) }] });
}
