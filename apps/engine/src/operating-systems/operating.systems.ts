/** An operating system that a VM can be said to have. */
export interface OperatingSystem {
  /** oVirt's number of it; the id in the API. */
  readonly id: string;
  /** What `os.type` of a VM holds. */
  readonly name: string;
  readonly description: string;
}

const system = (id: number, name: string, description: string): OperatingSystem => ({ id: String(id), name, description });

/** oVirt's operating systems of x86_64 with their numbers and names. They change nothing in the guest's definition here. */
export const OPERATING_SYSTEMS: readonly OperatingSystem[] = [
  system(0, 'other', 'Other OS'),
  system(1, 'windows_xp', 'Windows XP'),
  system(3, 'windows_2003', 'Windows 2003'),
  system(4, 'windows_2008', 'Windows 2008'),
  system(5, 'other_linux', 'Linux'),
  system(7, 'rhel_5', 'Red Hat Enterprise Linux 5.x'),
  system(8, 'rhel_4', 'Red Hat Enterprise Linux 4.x'),
  system(9, 'rhel_3', 'Red Hat Enterprise Linux 3.x'),
  system(10, 'windows_2003x64', 'Windows 2003 x64'),
  system(11, 'windows_7', 'Windows 7'),
  system(12, 'windows_7x64', 'Windows 7 x64'),
  system(13, 'rhel_5x64', 'Red Hat Enterprise Linux 5.x x64'),
  system(14, 'rhel_4x64', 'Red Hat Enterprise Linux 4.x x64'),
  system(15, 'rhel_3x64', 'Red Hat Enterprise Linux 3.x x64'),
  system(16, 'windows_2008x64', 'Windows 2008 x64'),
  system(17, 'windows_2008r2x64', 'Windows 2008 R2 x64'),
  system(18, 'rhel_6', 'Red Hat Enterprise Linux 6.x'),
  system(19, 'rhel_6x64', 'Red Hat Enterprise Linux 6.x x64'),
  system(20, 'windows_8', 'Windows 8'),
  system(21, 'windows_8x64', 'Windows 8 x64'),
  system(23, 'windows_2012x64', 'Windows 2012 x64'),
  system(24, 'rhel_7x64', 'Red Hat Enterprise Linux 7.x x64'),
  system(25, 'windows_2012r2x64', 'Windows 2012R2 x64'),
  system(26, 'windows_10', 'Windows 10'),
  system(27, 'windows_10x64', 'Windows 10 x64'),
  system(28, 'rhel_atomic7x64', 'Red Hat Atomic 7.x x64'),
  system(29, 'windows_2016x64', 'Windows 2016 x64'),
  system(30, 'rhel_8x64', 'Red Hat Enterprise Linux 8.x x64'),
  system(31, 'windows_2019x64', 'Windows 2019 x64'),
  system(32, 'other_linux_kernel_4', 'Other Linux (kernel 4.x)'),
  system(33, 'rhcos_x64', 'Red Hat Enterprise Linux CoreOS'),
  system(34, 'rhel_9x64', 'Red Hat Enterprise Linux 9.x x64'),
  system(1193, 'sles_11', 'SUSE Linux Enterprise Server 11+'),
  system(1252, 'ubuntu_12_04', 'Ubuntu Precise Pangolin LTS'),
  system(1253, 'ubuntu_12_10', 'Ubuntu Quantal Quetzal'),
  system(1254, 'ubuntu_13_04', 'Ubuntu Raring Ringtails'),
  system(1255, 'ubuntu_13_10', 'Ubuntu Saucy Salamander'),
  system(1256, 'ubuntu_14_04', 'Ubuntu Trusty Tahr LTS+'),
  system(1257, 'ubuntu_18_04', 'Ubuntu Bionic Beaver LTS+'),
  system(1300, 'debian_7', 'Debian 7+'),
  system(1301, 'debian_9', 'Debian 9+'),
  system(1500, 'freebsd', 'FreeBSD 9.2'),
  system(1501, 'freebsdx64', 'FreeBSD 9.2 x64'),
];
